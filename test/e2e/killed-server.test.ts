import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { afterEach, describe, expect, it } from 'vitest';
import { PATIENCE } from '../server/raw-client.ts';
import { Listening } from '../support/listen.ts';
import { OwnServer } from '../support/own-server.ts';
import { found } from '../support/real-servers/found.ts';
import { startNginx } from '../support/real-servers/nginx.ts';

const FLAGS = ['--rate=50/s', '--retry=200ms', '--heartbeat=100ms'];
const nginx = found('nginx');
const hasCurl = spawnSync('curl', ['--version']).status === 0;

const closing: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serving(port = 0, more: readonly string[] = []): Promise<OwnServer> {
  const server = await OwnServer.start([...FLAGS, ...more], port);
  closing.push(() => server.kill());
  return server;
}

/**
 * A client on Node's `fetch` with the parser that most use, which comes back after an error and takes a stream that ends
 * well for the last word, as fetch-event-source does by default.
 */
class FetchClient {
  readonly ids: string[] = [];
  readonly missed: unknown[] = [];
  returns = 0;
  isOver = false;
  readonly #url: string;
  readonly #left = new AbortController();
  #lastEventId = '';
  #retryMs = 500;

  constructor(url: string) {
    this.#url = url;
    closing.push(() => this.#left.abort());
    void this.#run();
  }

  async #run(): Promise<void> {
    while (!this.isOver && !this.#left.signal.aborted) {
      try {
        await this.#read();
        this.isOver = true;
      } catch {
        this.returns++;
        await delay(this.#retryMs);
      }
    }
  }

  async #read(): Promise<void> {
    const headers = this.#lastEventId === '' ? {} : { 'Last-Event-ID': this.#lastEventId };
    const response = await fetch(this.#url, { headers, signal: this.#left.signal });
    if (response.status !== 200 || response.body === null) throw new Error(String(response.status));
    const parser = createParser({
      onRetry: (ms) => {
        this.#retryMs = ms;
      },
      onEvent: ({ event, id, data }) => {
        if (event === 'missed') this.missed.push(JSON.parse(data));
        if (id === undefined) return;
        this.#lastEventId = id;
        this.ids.push(id);
      },
    });
    const decoder = new TextDecoder();
    for await (const bytes of response.body) parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
  }
}

/** What came of each life, in order: `LIFE 1–N`. */
function lives(ids: readonly string[]): Array<{ life: string; numbers: number[] }> {
  const found: Array<{ life: string; numbers: number[] }> = [];
  for (const id of ids) {
    const [life = '', number] = id.split('-');
    if (found.at(-1)?.life !== life) found.push({ life, numbers: [] });
    found.at(-1)?.numbers.push(Number(number));
  }
  return found;
}

for (const [where, origin] of [
  ['', (server: OwnServer): Promise<string> => Promise.resolve(`http://127.0.0.1:${server.port}/events`)],
  [
    ' behind nginx',
    async (server: OwnServer): Promise<string> => {
      const proxy = await startNginx('found' in nginx ? nginx.found : '', `http://127.0.0.1:${server.port}`, []);
      closing.push(() => proxy.stop());
      return proxy.url;
    },
  ],
] as const) {
  const why = where !== '' && 'missing' in nginx ? ` (skipped: ${nginx.missing})` : '';
  describe.skipIf(why !== '')(`a server that is killed${where}${why}`, () => {
    it.runIf(hasCurl)(`a server that is killed${where} is an error for curl and for listen${why}`, async () => {
      const server = await serving();
      const url = await origin(server);
      const curl = spawn('curl', ['--silent', '--no-buffer', url], { stdio: ['ignore', 'pipe', 'ignore'] });
      closing.push(() => curl.kill());
      const exited = once(curl, 'exit');
      const listening = new Listening(url, ['--max-reconnects=0']);
      closing.push(() => listening.program.child.kill());
      await once(curl.stdout, 'data');
      curl.stdout.resume();
      await expect.poll(() => listening.lines.some(({ kind }) => kind === 'event'), PATIENCE).toBe(true);
      await server.kill();
      // CURLE_PARTIAL_FILE: the transfer was not whole.
      expect(await exited).toEqual([18, null]);
      await expect
        .poll(() => listening.lines.at(-1), PATIENCE)
        .toMatchObject({ kind: 'closed', cause: expect.stringMatching(/^(?:eof-truncated|reset)$/) as string });
    });

    it(`a server that is killed${where} twice loses and doubles nothing that it could send, for a client that comes back only after errors${why}`, async () => {
      let server = await serving();
      const client = new FetchClient(await origin(server));
      for (let life = 1; life <= 3; life++) {
        await expect.poll(() => lives(client.ids).length, PATIENCE).toBe(life);
        const { length } = client.ids;
        await expect.poll(() => client.ids.length, PATIENCE).toBeGreaterThan(length + 20);
        if (life === 3) break;
        await server.kill();
        server = await serving(server.port);
      }
      expect(client.isOver).toBe(false);
      const heard = lives(client.ids);
      const [first = 0] = heard[0]?.numbers ?? [];
      for (const [index, { numbers }] of heard.entries())
        expect(numbers).toEqual(numbers.map((_, at) => (index === 0 ? first : 1) + at));
      expect(client.missed).toEqual(
        heard.slice(0, 2).map(({ life, numbers }) => ({
          from: (numbers.at(-1) ?? 0) + 1,
          to: null,
          reason: 'earlier-life',
          life,
        })),
      );
    });
  });
}

it('a stream that ends at its maximal age ends well: a client that comes back only after errors stays away, and curl exits with 0', async () => {
  const { port } = await serving(0, ['--max-age=500ms']);
  const client = new FetchClient(`http://127.0.0.1:${port}/events`);
  await expect.poll(() => client.isOver, PATIENCE).toBe(true);
  expect([client.returns, client.ids.length > 0]).toEqual([0, true]);
  if (!hasCurl) return;
  const curl = spawn('curl', ['--silent', `http://127.0.0.1:${port}/events`], { stdio: 'ignore' });
  expect(await once(curl, 'exit')).toEqual([0, null]);
});
