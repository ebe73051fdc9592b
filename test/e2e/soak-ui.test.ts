/** `soak --ui`: the page of a run, live, and its report afterwards. */
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DashboardPage as RunPage, startBrowser } from '../support/dashboard-page.ts';
import { root, runProgram, startProgram } from '../support/program.ts';
import { foundBrowser } from '../support/real-servers/found.ts';

const found = foundBrowser();
const why = 'missing' in found ? ` (no Chromium: ${found.missing})` : '';
const LOAD = ['--clients=20', '--ramp=1s', '--mix=healthy=1', '--seed=3', '--threshold=events.lost==0'];
const pictures = join(root, 'node_modules', '.cache', 'browser');

/** `fetch` sends no Host of one's own. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

it('soak --ui answers this machine alone, at an address that nobody can guess, and ends with the run', async () => {
  const program = startProgram(['soak', ...LOAD, '--duration=4s', '--settle=0s', '--ui', '--quiet']);
  const [, url = ''] = await program.says(/page at (\S+)/);
  const { origin, port, pathname } = new URL(url);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-security-policy')]).toEqual([200, "frame-ancestors 'none'"]);
  expect((await fetch(`${origin}/`)).status).toBe(404);
  expect((await fetch(`${origin}/events`)).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  expect(await statusFor(url, `rebound.example:${port}`)).toBe(421);
  expect(await statusFor(`http://127.0.0.1:${port}${pathname}events`, 'rebound.example')).toBe(421);
  expect(await statusFor(url, `localhost:${port}`)).toBe(200);
  const { code, stderr } = await program.outcome;
  expect(code, stderr).toBe(0);
});

it('soak --ui with vanished clients is refused where nobody could reach the page', async () => {
  const { code, stderr } = await runProgram(['soak', '--ui', '--mix=healthy=1,vanished=1', '--duration=1s']);
  // A machine that cannot make clients vanish says that instead.
  expect([code, /--ui: vanished clients move|cannot make clients vanish|vanished/.test(stderr)]).toEqual([2, true]);
});

describe.skipIf('missing' in found)(`the page of a run in Chromium${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    if ('missing' in found) return;
    mkdirSync(pictures, { recursive: true });
    browser = await startBrowser(found.found);
  });
  afterAll(() => browser?.close());

  it('the page of a run follows it, through a reload and a lost connection, and becomes its report', async () => {
    const program = startProgram(['soak', ...LOAD, '--duration=25s', '--settle=2s', '--ui']);
    const [, url = ''] = await program.says(/page at (\S+)/);
    const live = await RunPage.open(browser, url);
    const { page } = live;
    const heading = page.locator('h1');
    await page.locator('#chart-latency canvas, #chart-clients canvas').first().waitFor();
    await heading.getByText('RUNNING').waitFor();
    expect(await page.locator('#reasons').innerText()).toMatch(/come when the run is over[^]*events\.lost==0/);
    // What a reader has opened stays open while the page goes on.
    await page.locator('details summary').first().click();
    const seconds = (): Promise<number> =>
      page.evaluate("Number(document.querySelector('.verdict progress')?.value ?? 0)");
    const before = await seconds();
    await vi.waitFor(async () => expect(await seconds()).toBeGreaterThan(before + 1500), { timeout: 20_000 });
    expect(await page.locator('details[open]').count()).toBe(1);
    await page.screenshot({ path: join(pictures, 'soak-ui-running.png'), fullPage: true });

    await page.reload();
    await heading.getByText('RUNNING').waitFor();
    await page.locator('canvas').first().waitFor();

    program.child.kill('SIGSTOP');
    await page.locator('#link').getByText('is lost').waitFor();
    program.child.kill('SIGCONT');
    await page.locator('#link').waitFor({ state: 'hidden' });

    // The load tool stood still, so it doubts its own figures.
    await heading.getByText('INCONCLUSIVE').waitFor();
    await page.locator('#judged').getByText('Not judged').waitFor();
    await page.screenshot({ path: join(pictures, 'soak-ui-over.png'), fullPage: true });
    expect(await page.title()).toMatch(/^INCONCLUSIVE · /);
    expect(live.surprises).toEqual([]);
    expect(live.requests.every((asked) => asked.startsWith(url))).toBe(true);
    // The report can be loaded anew for as long as the page is open.
    await page.reload();
    await heading.getByText('INCONCLUSIVE').waitFor();
    await live.close();
    const { code, stdout, stderr } = await program.outcome;
    expect(code, stderr).toBe(3);
    expect(stdout).toMatch(/INCONCLUSIVE/);
  });

  it('the page of a run that was interrupted keeps its report when the program has ended', async () => {
    const program = startProgram(['soak', ...LOAD, '--duration=60s', '--settle=0s', '--ui']);
    const [, url = ''] = await program.says(/page at (\S+)/);
    const live = await RunPage.open(browser, url);
    await live.page.locator('canvas').first().waitFor();
    program.child.kill('SIGINT');
    await live.page.locator('h1').getByText('INTERRUPTED').waitFor();
    await live.page.locator('#link').getByText('sse-probe has ended').waitFor();
    expect((await program.outcome).code).toBe(130);
    expect(live.surprises).toEqual([]);
    await live.close();
  });
});
