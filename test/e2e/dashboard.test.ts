import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ASSETS } from '../../src/server/dashboard/paths.ts';
import type { startServer as StartServer } from '../../src/server/server.ts';
import { IDENTITY } from '../server/http2-client.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { DashboardPage, startBrowser } from '../support/dashboard-page.ts';
import { Gateway } from '../support/gateway.ts';
import { root } from '../support/program.ts';
import { foundBrowser } from '../support/real-servers/found.ts';
import { OwnServer } from '../support/own-server.ts';

const found = foundBrowser();
const why = 'missing' in found ? ` (no Chromium: ${found.missing})` : '';
/** Where the pictures go; git does not look there. */
const pictures = join(root, 'node_modules', '.cache', 'browser');
const TOKEN = 'a-token';
const MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The real program; `--rate` is 0 unless said otherwise. */
async function serve(args: readonly string[] = [], port = 0): Promise<OwnServer> {
  const server = await OwnServer.start(['--rate=0/s', `--publish-token=${TOKEN}`, ...args], port);
  cleanups.push(() => server.kill());
  return server;
}

function client(
  port: number,
  options: { path?: string; paused?: boolean; headers?: Record<string, string> } = {},
): RawClient {
  const made = new RawClient({ port, ...options });
  cleanups.push(() => made.destroy());
  return made;
}

async function publish(port: number, event: { event?: string; data: string; id?: string }): Promise<void> {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', Connection: 'close' };
  const answer = await fetch(`http://127.0.0.1:${port}/publish`, {
    method: 'POST',
    headers,
    body: JSON.stringify(event),
  });
  expect(answer.status).toBe(200);
}

/** Publishes until the one client that reads nothing has more waiting than its kernel takes. */
async function untilOneIsBlocked(server: OwnServer): Promise<void> {
  await expect
    .poll(
      async () => {
        await publish(server.port, { data: 'x'.repeat(900_000) });
        return (await server.stats()).clients.blocked;
      },
      { ...PATIENCE, interval: 50 },
    )
    .toBe(1);
}

describe.skipIf('missing' in found)(`the dashboard in Chromium${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    if ('missing' in found) return;
    mkdirSync(pictures, { recursive: true });
    browser = await startBrowser(found.found);
  });
  afterAll(() => browser.close());

  async function open(url: string, options: BrowserContextOptions = {}): Promise<DashboardPage> {
    const page = await DashboardPage.open(browser, url, options);
    cleanups.push(() => page.close());
    return page;
  }

  /** A page that is live. */
  async function live(port: number, options: BrowserContextOptions = {}): Promise<DashboardPage> {
    const page = await open(`http://127.0.0.1:${port}/`, options);
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    return page;
  }

  it(`the dashboard in Chromium${why} shows a client that comes, with what it calls itself, and takes it off when it leaves`, async () => {
    const server = await serve();
    const page = await live(server.port);
    await expect
      .poll(() => page.text('#clients-empty'), PATIENCE)
      .toMatch(/^No client is connected\. Open a stream and it appears here:/);
    expect(await page.text('#curl-line')).toBe(`curl -N http://127.0.0.1:${server.port}/events`);
    const one = client(server.port, { headers: { 'User-Agent': 'first/1.0' } });
    await one.untilConnected();
    await expect.poll(() => page.rows('client'), PATIENCE).toHaveLength(1);
    expect(await page.page.isVisible('#clients-empty')).toBe(false);
    const [id, state, , queued, noProgress, , written, , userAgent] = (await page.rows('client'))[0] ?? [];
    expect([id, state, noProgress, queued, userAgent]).toEqual([
      one.greeting['clientId'],
      'accepting',
      '–',
      '0 B',
      'first/1.0',
    ]);
    expect(written).toMatch(/^\d+ B$/);
    await expect.poll(() => page.text('#charts figure:nth-child(1) .value'), PATIENCE).toBe('1');
    one.leave();
    await expect.poll(() => page.rows('client'), PATIENCE).toHaveLength(0);
    // A viewer of the dashboard does not count as a client.
    expect((await server.stats()).clients).toMatchObject({ connected: 0, total: 1, peak: 1 });
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} shows a client that does not read above the others, with the bytes that wait for it; and that it was evicted`, async () => {
    const server = await serve(['--max-queue=8MiB', '--evict-after=5s', '--heartbeat=1s']);
    const page = await live(server.port);
    await client(server.port).untilConnected();
    client(server.port, { paused: true, headers: { 'User-Agent': 'stuck' } });
    await untilOneIsBlocked(server);
    await expect
      .poll(async () => (await page.rows('client'))[0], PATIENCE)
      .toEqual([
        expect.any(String),
        'blocked',
        expect.stringMatching(/^[\d.]+ [KM]iB$/),
        expect.stringMatching(/^[\d.]+ [KM]iB$/),
        expect.stringMatching(/^[\d.]+ m?s$/),
        expect.any(String),
        expect.any(String),
        expect.any(String),
        'stuck',
      ]);
    await expect.poll(async () => (await server.stats()).clients.connected, PATIENCE).toBe(1);
    const { evicted } = await server.stats();
    expect(Object.values(evicted).toSorted()).toEqual([0, 0, 1]);
    for (const [reason, evictedCount] of Object.entries(evicted))
      await expect.poll(() => page.listed('gone', `evicted: ${reason}`), PATIENCE).toBe(String(evictedCount));
    expect(await page.rows('client')).toHaveLength(1);
  });

  it(`the dashboard in Chromium${why} shows the first visitor what came before, and how many events nobody watched`, async () => {
    const server = await serve(['--rate=10/s']);
    await client(server.port).untilConnected();
    await sleep(11_000);
    const page = await live(server.port);
    await expect.poll(async () => (await page.rows('event')).length, PATIENCE).toBeGreaterThan(3);
    // One look at the start, one every 5 s, and the visit.
    const drawn = await page.drawn();
    expect([drawn.points, drawn.n >= 4]).toEqual([drawn.n, true]);
    const [gap, ...more] = (await page.rows('event')).filter(({ length }) => length === 1).flat();
    expect(more).toEqual([]);
    const said = /^(\d+) events while nobody watched, from (\d\d:\d\d:\d\d) to (\d\d:\d\d:\d\d)$/.exec(gap ?? '');
    expect(Number(said?.[1])).toBeGreaterThan(80);
    const ids = (await page.rows('event')).flatMap(([, id]) => (id === undefined ? [] : [Number(id.split('-')[1])]));
    expect([ids.at(-1), ids]).toEqual([Number(said?.[1]) + 1, ids.toSorted((one, other) => other - one)]);
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} names the fault that is on, and gives no tick to what the server does not have`, async () => {
    const server = await serve(['--fault=naive']);
    const page = await live(server.port);
    await expect
      .poll(() => page.text('#faults'), PATIENCE)
      .toMatch(/fault: naive\s*an array of responses without heartbeat, eviction or clean-up$/);
    const mark = (name: string): Promise<string> =>
      page.page.evaluate(
        `getComputedStyle(Array.from(document.querySelectorAll('#health > div')).find((entry) => entry.firstElementChild.textContent === '${name}').lastElementChild, '::before').content`,
      );
    expect([await mark('heartbeat'), await mark('publisher'), await mark('listener')]).toEqual(['"–"', '"–"', '"✓"']);
    expect(await page.listed('health', 'heartbeat')).toBe('this server has none');
    const sound = await serve();
    const soundPage = await live(sound.port);
    await expect.poll(() => soundPage.listed('health', 'heartbeat'), PATIENCE).toMatch(/^every 15s/);
    expect(await soundPage.page.isVisible('#faults')).toBe(false);
  });

  it(`the dashboard in Chromium${why} filters the clients by text and by state, and says how many match`, async () => {
    const server = await serve(['--max-queue=8MiB', '--evict-after=60s']);
    for (const userAgent of ['phone', 'tablet', MARKUP])
      await client(server.port, { headers: { 'User-Agent': userAgent } }).untilConnected();
    client(server.port, { paused: true, headers: { 'User-Agent': 'stuck phone' } });
    const page = await live(server.port);
    await untilOneIsBlocked(server);
    const agents = async (): Promise<Array<string | undefined>> =>
      (await page.rows('client')).map((cells) => cells.at(-1));
    await expect.poll(agents, PATIENCE).toEqual(['stuck phone', 'phone', 'tablet', MARKUP]);
    await page.page.fill('#client-text', ' PHONE');
    await expect.poll(agents, PATIENCE).toEqual(['stuck phone', 'phone']);
    expect(await page.text('#clients-note')).toBe('4 connected, 2 match');
    await page.page.selectOption('#client-state', 'accepting');
    expect(await agents()).toEqual(['phone']);
    await page.page.selectOption('#client-state', 'bad');
    expect(await agents()).toEqual(['stuck phone']);
    await page.page.fill('#client-text', '<script>');
    expect([await agents(), await page.text('#clients-more')]).toEqual([
      [],
      'No client in this list matches the filter.',
    ]);
    await page.page.selectOption('#client-state', 'all');
    expect(await agents()).toEqual([MARKUP]);
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} copies the line that opens a stream, or leaves it selected where there is no clipboard`, async () => {
    const server = await serve(['--path=/a/stream']);
    for (const [permissions, outcome] of [
      [['clipboard-read', 'clipboard-write'], 'Copied.'],
      [[], 'Selected: press Ctrl+C to copy.'],
    ] as const) {
      const page = await live(server.port, { permissions: [...permissions] });
      await expect.poll(() => page.text('#curl-line'), PATIENCE).not.toBe('');
      if (permissions.length === 0)
        await page.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
      await page.page.click('#curl-copy');
      await expect.poll(() => page.text('#curl-outcome'), PATIENCE).toBe(outcome);
      expect(
        await page.page.evaluate(
          permissions.length === 0 ? 'getSelection().toString()' : 'navigator.clipboard.readText()',
        ),
      ).toBe(`curl -N http://127.0.0.1:${server.port}/a/stream`);
    }
  });

  it(`the dashboard in Chromium${why} counts overflows apart`, async () => {
    const server = await serve(['--max-queue=64KiB']);
    const page = await live(server.port);
    client(server.port, { paused: true });
    await expect
      .poll(
        async () => {
          await publish(server.port, { data: 'x'.repeat(900_000) });
          return (await server.stats()).evicted.overflow;
        },
        { ...PATIENCE, interval: 50 },
      )
      .toBe(1);
    await expect.poll(() => page.listed('gone', 'evicted: overflow'), PATIENCE).toBe('1');
    expect(await page.listed('gone', 'evicted: stalled')).toBe('0');
    expect(await page.listed('health', 'heartbeat')).toMatch(/^every 15s, the last one/);
  });

  it(`the dashboard in Chromium${why} comes back by itself after a restart, and shows nothing twice`, async () => {
    const first = await serve();
    const page = await live(first.port);
    for (const data of ['a1', 'a2', 'a3']) await publish(first.port, { data });
    await client(first.port).untilConnected();
    await expect.poll(() => page.rows('client'), PATIENCE).toHaveLength(1);
    await expect.poll(() => page.events(), PATIENCE).toEqual(['a3', 'a2', 'a1']);
    await first.kill();
    await expect.poll(() => page.text('#state'), PATIENCE).toMatch(/^connection lost, next try in \d+ s$/);
    const before = await page.drawn();
    expect(before.points).toBe(before.n);

    const second = await serve([], first.port);
    // Somebody else may be back earlier: what the server remembers by then is the page's too.
    client(second.port, { path: '/dashboard/events' });
    await expect.poll(() => page.text('#state'), PATIENCE).toMatch(/^live, server restarted at \d\d:\d\d:\d\d$/);
    for (const data of ['b1', 'b2']) await publish(second.port, { data });
    const one = client(second.port);
    await one.untilConnected();
    await expect.poll(async () => (await page.drawn()).n, PATIENCE).toBeGreaterThan(3);
    await expect
      .poll(() => page.events(), PATIENCE)
      .toEqual(['b2', 'b1', '(The server was restarted)', 'a3', 'a2', 'a1']);
    await expect
      .poll(async () => (await page.rows('client')).map(([id]) => id), PATIENCE)
      .toEqual([one.greeting['clientId']]);
    const after = await page.drawn();
    expect(after.lifeId).not.toBe(before.lifeId);
    expect(after.points).toBe(before.n + after.n);
    expect(page.surprises).toEqual([]);
  });

  it(`the dashboard in Chromium${why} comes back through a proxy that answered 502 meanwhile, and gets what it missed, once`, async () => {
    const server = await serve();
    const gateway = await Gateway.before(server.port);
    cleanups.push(() => gateway.close());
    // Somebody else who watches all the time: the server goes on looking at itself.
    client(server.port, { path: '/dashboard/events' });
    const page = await open(gateway.url);
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    await publish(server.port, { data: 'before' });
    await expect.poll(() => page.events(), PATIENCE).toEqual(['before']);
    gateway.goDown();
    await expect.poll(() => page.text('#state'), PATIENCE).toMatch(/^connection lost/);
    await publish(server.port, { data: 'while away' });
    const { length: askedBefore } = gateway.asked;
    await expect.poll(() => gateway.asked.length, PATIENCE).toBeGreaterThan(askedBefore + 1);
    gateway.comeBack();
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    await publish(server.port, { data: 'after' });
    await expect.poll(() => page.events(), PATIENCE).toEqual(['after', 'while away', 'before']);
    const { points, n } = await page.drawn();
    expect([points, n > 3]).toEqual([n, true]);
    expect(page.surprises).toEqual([]);
  });

  it(`the dashboard in Chromium${why} notices a connection that has gone quiet, says since when, and makes another`, async () => {
    const server = await serve();
    const gateway = await Gateway.before(server.port);
    cleanups.push(() => gateway.close());
    const page = await open(gateway.url);
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    const connections = (): number => gateway.asked.filter((path) => path.startsWith('/dashboard/events')).length;
    gateway.freeze();
    await publish(server.port, { data: 'into silence' });
    await expect.poll(() => page.text('#silence'), PATIENCE).toMatch(/^no news for \d+ s$/);
    await expect.poll(connections, PATIENCE).toBeGreaterThan(1);
    await expect.poll(() => page.text('#silence'), PATIENCE).toBe('');
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    await expect.poll(() => page.events(), PATIENCE).toEqual(['into silence']);
    const { points, n } = await page.drawn();
    expect(points).toBe(n);
  });

  it(`the dashboard in Chromium${why} shows what clients and publishers send as text, whatever it is`, async () => {
    const server = await serve();
    const page = await live(server.port);
    await client(server.port, { headers: { 'User-Agent': MARKUP } }).untilConnected();
    await publish(server.port, { event: MARKUP, data: `${MARKUP}\u202e\0${MARKUP}`, id: MARKUP });
    await expect.poll(() => page.rows('event'), PATIENCE).toHaveLength(1);
    await expect.poll(async () => (await page.rows('client'))[0]?.at(-1), PATIENCE).toBe(MARKUP);
    const [, id, event, data] = (await page.rows('event'))[0] ?? [];
    expect([id, event, data?.startsWith(MARKUP)]).toEqual([MARKUP, MARKUP, true]);
    expect(await page.page.evaluate('[window.hacked, document.images.length, document.scripts.length]')).toEqual([
      undefined,
      0,
      1,
    ]);
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} asks nobody but its own server, and finds all it asks for`, async () => {
    const server = await serve(['--rate=20/s']);
    const answers: number[] = [];
    const page = await live(server.port);
    page.page.on('response', (response) => {
      answers.push(response.status());
    });
    await page.page.reload();
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    await expect.poll(() => page.events(), PATIENCE).not.toEqual([]);
    const outside = page.requests.filter(
      (url) => !url.startsWith(`http://127.0.0.1:${server.port}/`) && !url.startsWith('data:'),
    );
    expect([outside, page.complaints]).toEqual([[], []]);
    expect(answers.filter((status) => status !== 200 && status !== 304)).toEqual([]);
    // And nothing is listed that the page does not need.
    const asked = new Set(page.requests.map((url) => new URL(url).pathname));
    expect([...ASSETS.keys()].filter((path) => !asked.has(path))).toEqual([]);
  });

  it(`the dashboard in Chromium${why} can be used with the keyboard alone`, async () => {
    const server = await serve();
    for (const userAgent of ['bbb', 'aaa', 'ccc'])
      await client(server.port, { headers: { 'User-Agent': userAgent } }).untilConnected();
    const page = await live(server.port);
    await expect.poll(() => page.rows('client'), PATIENCE).toHaveLength(3);
    const agents = async (): Promise<Array<string | undefined>> =>
      (await page.rows('client')).map((cells) => cells.at(-1));
    expect(await agents()).toEqual(['bbb', 'aaa', 'ccc']);
    const focused = (): Promise<string> => page.page.evaluate('document.activeElement.textContent.trim()');
    /** With what can be seen of the focus, at each stop. */
    async function tabTo(text: string): Promise<void> {
      for (let stops = 0; stops < 30 && (await focused()) !== text; stops++) await page.page.keyboard.press('Tab');
      expect([
        await focused(),
        await page.page.evaluate('getComputedStyle(document.activeElement).outlineStyle'),
      ]).toEqual([text, 'solid']);
    }
    await tabTo('Skip to the clients');
    await tabTo('Pause');
    await page.page.keyboard.press('Enter');
    expect([await focused(), await page.text('#state')]).toEqual([
      'Resume',
      expect.stringMatching(/^paused at \d\d:\d\d:\d\d$/),
    ]);
    const { n } = await page.drawn();
    await publish(server.port, { data: 'meanwhile' });
    await expect.poll(() => fetchLooks(server.port), PATIENCE).toBeGreaterThan(n + 1);
    expect([(await page.drawn()).n, await page.events()]).toEqual([n, []]);
    await page.page.keyboard.press('Space');
    await expect.poll(() => page.events(), PATIENCE).toEqual(['meanwhile']);
    const { points, n: now } = await page.drawn();
    expect(points).toBe(now);

    await tabTo('User agent');
    const sortOf = (column: string): Promise<string | null> =>
      page.page.locator(`#client-head th:has-text("${column}")`).getAttribute('aria-sort');
    await page.page.keyboard.press('Enter');
    expect([await agents(), await sortOf('User agent'), await sortOf('Queued')]).toEqual([
      ['aaa', 'bbb', 'ccc'],
      'ascending',
      'none',
    ]);
    await page.page.keyboard.press('Enter');
    expect([await agents(), await sortOf('User agent')]).toEqual([['ccc', 'bbb', 'aaa'], 'descending']);
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} names its parts, says its state in words, and hides what only eyes can use`, async () => {
    const server = await serve(['--rate=5/s']);
    const page = await live(server.port);
    await client(server.port).untilConnected();
    await expect.poll(() => page.rows('client'), PATIENCE).toHaveLength(1);
    expect(await page.page.locator('[role=status]').innerText()).toBe('live');
    const tree = await page.page.locator('body').ariaSnapshot();
    for (const part of [
      '- banner:',
      '- main:',
      '- heading "sse-probe /events" [level=1]',
      '- region "The last ten minutes"',
      '- button "Pause"',
      '- region "Health"',
      '- columnheader "Queued',
      '- status: live',
    ])
      expect(tree).toContain(part);
    expect(
      await page.page.evaluate(`[
      document.documentElement.lang,
      document.querySelectorAll('button:not([type=button])').length,
      document.querySelectorAll('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])').length,
      document.querySelectorAll('thead th:not([scope=col])').length,
      Array.from(document.querySelectorAll('canvas')).filter((canvas) => canvas.closest('[aria-hidden=true]') === null).length,
      Array.from(document.querySelectorAll('[id]')).length - new Set(Array.from(document.querySelectorAll('[id]'), ({ id }) => id)).size,
      Array.from(document.querySelectorAll('section, [role=region]')).filter((part) => !document.getElementById(part.getAttribute('aria-labelledby'))?.textContent.trim()).length,
    ]`),
    ).toEqual(['en', 0, 0, 0, 0, 0, 0]);
  });

  it(`the dashboard in Chromium${why} is readable in light and in dark, on a desk and on a phone`, async () => {
    const server = await serve(['--rate=5/s', '--max-queue=64MiB', '--fault=no-heartbeat']);
    for (let count = 0; count < 12; count++)
      await client(server.port, {
        headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' },
      }).untilConnected();
    client(server.port, { paused: true });
    await untilOneIsBlocked(server);
    const backs: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [place, viewport] of [
        ['desk', { width: 1440, height: 1000 }],
        ['phone', { width: 390, height: 844 }],
      ] as const) {
        const page = await live(server.port, { colorScheme, viewport, reducedMotion: 'reduce' });
        await expect.poll(async () => (await page.drawn()).n, PATIENCE).toBeGreaterThan(2);
        await page.page.screenshot({ path: join(pictures, `dashboard-${place}-${colorScheme}.png`), fullPage: true });
        expect(await page.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
        expect([place, colorScheme, await page.page.evaluate(POOR_CONTRASTS)]).toEqual([place, colorScheme, []]);
        backs.push(await page.page.evaluate('getComputedStyle(document.body).backgroundColor'));
        await page.close();
      }
    }
    expect(new Set(backs).size).toBe(2);
  });

  it(`the dashboard in Chromium${why} follows a change of the colour scheme, charts included`, async () => {
    const server = await serve();
    const page = await live(server.port, { colorScheme: 'light' });
    await expect.poll(async () => (await page.drawn()).n, PATIENCE).toBeGreaterThan(2);
    await page.page.click('#pause');
    const canvas = (): Promise<string> => page.page.evaluate("document.querySelector('canvas').toDataURL()");
    const light = await canvas();
    await page.page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(canvas, PATIENCE).not.toBe(light);
    await page.page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(canvas, PATIENCE).toBe(light);
  });

  it(`the dashboard in Chromium${why} lives over TLS and HTTP/2, and beside a stream at another path`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, IDENTITY.certificate);
    writeFileSync(key, IDENTITY.key);
    const server = await serve(['--path=/a/stream', `--tls-cert=${cert}`, `--tls-key=${key}`, '--http2']);
    const page = await open(`https://127.0.0.1:${server.port}/`, { ignoreHTTPSErrors: true });
    await expect.poll(() => page.text('#state'), PATIENCE).toBe('live');
    await expect.poll(() => page.text('#stream-path'), PATIENCE).toBe('/a/stream');
    expect(await page.page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")).toBe('h2');
    expect(page.complaints).toEqual([]);
  });

  it(`the dashboard in Chromium${why} does not keep the server from ending`, async () => {
    const server = await serve(['--grace=20s']);
    const page = await live(server.port);
    server.child.kill('SIGTERM');
    expect(await server.exit()).toEqual([0, null]);
    await expect.poll(() => page.text('#state'), PATIENCE).toMatch(/^connection lost/);
  });

  it(
    `the dashboard in Chromium${why} does not grow: an hour of looks leaves no more behind than ten minutes`,
    { timeout: 600_000, tags: ['long'] },
    async () => {
      const { startServer } = (await import(pathToFileURL(join(root, 'dist', 'server', 'server.js')).href)) as {
        startServer: typeof StartServer;
      };
      const server = await startServer({ ratePerSecond: 50, dashboard: { periodMs: 10 } });
      cleanups.push(() => server.close({ graceMs: 0 }));
      const seats: RawClient[] = [];
      const churn = setInterval(() => {
        seats.push(client(server.port));
        if (seats.length > 20) seats.shift()?.destroy();
      }, 50);
      cleanups.push(() => clearInterval(churn));
      const page = await live(server.port);
      const inside = await page.page.context().newCDPSession(page.page);
      const patience = { timeout: 240_000, interval: 100 };

      async function after(looks: number): Promise<{ heapBytes: number; nodes: number; listeners: number }> {
        await expect.poll(async () => (await page.drawn()).n, patience).toBeGreaterThanOrEqual(looks);
        // Rows come and go with the clients: only a page that stands still can be compared.
        await page.page.click('#pause');
        await inside.send('HeapProfiler.collectGarbage');
        await inside.send('HeapProfiler.collectGarbage');
        const { usedSize: heapBytes } = await inside.send('Runtime.getHeapUsage');
        const { nodes, jsEventListeners: listeners } = await inside.send('Memory.getDOMCounters');
        await page.page.click('#pause');
        return { heapBytes, nodes, listeners };
      }
      const early = await after(600);
      const late = await after(3600);
      process.stderr.write(
        `dashboard: heap ${early.heapBytes} bytes after 600 looks, ${late.heapBytes} after 3600; nodes ${early.nodes}, ${late.nodes}\n`,
      );
      expect(late.heapBytes - early.heapBytes).toBeLessThan(300 * 1024);
      expect(late.listeners).toBe(early.listeners);
      expect(late.nodes - early.nodes).toBeLessThan(300);
      const { points } = await page.drawn();
      expect(points).toBeLessThanOrEqual(600);
      expect(page.complaints).toEqual([]);
    },
  );
});

/** How often the server has looked at itself, as another viewer learns it. */
async function fetchLooks(port: number): Promise<number> {
  const viewer = client(port, { path: '/dashboard/events?lastEventId=nothing-0' });
  await viewer.untilText('event: figures\n');
  viewer.destroy();
  return (
    viewer
      .messagesOf('figures')
      .map(({ data }) => (JSON.parse(data) as { n: number }).n)
      .at(-1) ?? 0
  );
}

/** Text whose contrast with what is behind it is below 4.5 (WCAG 2.2, 1.4.3). */
const POOR_CONTRASTS = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    if (!Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim() !== '')) continue;
    const [one, other] = [light(channels(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < 4.5 && element.getClientRects().length > 0) poor.push(element.textContent + ' ' + contrast.toFixed(2));
  }
  return poor;
})()`;
