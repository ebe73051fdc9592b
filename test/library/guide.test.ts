import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Http2Client, http2Session, TLS } from '../server/http2-client.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { childrenOf } from '../support/children.ts';
import { root } from '../support/program.ts';
import { found } from '../support/real-servers/found.ts';
import { startNginx } from '../support/real-servers/nginx.ts';
import { startRedis } from '../support/real-servers/redis.ts';
import { GuideProgram } from './guide-program.ts';
import { type Block, blocksOf, GUIDE, optionTable } from './hub-guide.ts';
import { PackedProject } from './packed.ts';
import { StreamClient } from './stream-client.ts';

const redisProgram = found('redis');
const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const BESIDE = [
  'express',
  'fastify',
  'hono',
  '@hono/node-server',
  '@types/node',
  'undici-types',
  'typescript',
  'ioredis',
];

let project: PackedProject;
const programs: GuideProgram[] = [];
const clients: StreamClient[] = [];

beforeAll(async () => {
  project = await PackedProject.create(BESIDE);
  project.write('cert.pem', TLS.cert);
  project.write('key.pem', TLS.key);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  for (const program of programs.splice(0)) await program.stop();
});
afterAll(() => project.remove());

const blocks = blocksOf(GUIDE);

function blockOf(section: string, kind: string): Block {
  const block = blocks.find((one) => one.section === section && one.kind === kind);
  if (block === undefined) throw new Error(`docs/hub.md has no ${kind} under "${section}"`);
  return block;
}

function start(section: string, kind = 'js'): GuideProgram {
  const program = new GuideProgram(project, blockOf(section, kind).text);
  programs.push(program);
  return program;
}

function connect(
  port: number,
  path = '/events',
  more: { tls?: boolean; headers?: Record<string, string> } = {},
): StreamClient {
  const client = new StreamClient(
    { port, path, tls: more.tls ?? false },
    more.headers === undefined ? {} : { headers: more.headers },
  );
  clients.push(client);
  return client;
}

async function post(port: number, path: string, body: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  });
  expect(answer.status).toBe(200);
  return answer.text();
}

/** A price that is posted is heard on the stream, by its id. */
async function heard(port: number, client: StreamClient): Promise<void> {
  await client.untilText('event: connected');
  expect(JSON.parse(await post(port, '/prices', '{"eur":7}'))).toEqual({
    id: expect.stringMatching(/^[a-z][a-z0-9]{6}-1$/) as string,
  });
  await client.untilText('-1\nevent: price\ndata: {"eur":7}\n\n');
}

/** Clients of one stream, the last of which is the first on the other worker: who accepts is for the system to say. */
async function untilBothWorkers(port: number): Promise<StreamClient[]> {
  const found: StreamClient[] = [];
  const workers = new Set<unknown>();
  for (let tries = 0; tries < 100 && workers.size < 2; tries++) {
    const client = await connect(port).untilText('event: connected');
    workers.add(client.response?.headers['x-worker']);
    found.push(client);
  }
  expect(workers.size).toBe(2);
  return found;
}

/** Each program of the guide, by its section, and what must come of it: with `expect`, or by waiting for it. */
const PROGRAMS: Readonly<Record<string, () => Promise<void>>> = {
  'Quick start': async () => {
    const client = connect(await start('Quick start').port());
    await client.untilText('-1\nevent: price\ndata: {"eur":42}\n\n');
    const shown = blockOf('Quick start', '').text.trimEnd();
    const pattern = shown
      .replaceAll(/[{}[\]().*+?^$|\\]/g, String.raw`\$&`)
      .replace('2143', String.raw`\d+`)
      .replace('5e0e…', String.raw`[\w-]+`)
      .replace('q3f8x1a', String.raw`[a-z]\w{6}`);
    expect(client.body).toMatch(new RegExp(`^${pattern}\n\n`));
  },
  Express: async () => {
    const port = await start('Express').port();
    await heard(port, connect(port));
  },
  Fastify: async () => {
    const program = start('Fastify');
    const port = await program.port();
    const client = connect(port);
    await heard(port, client);
    program.terminate();
    await client.untilText(': shutdown');
    expect([await program.ended, (await client.untilEnded()).ended]).toEqual([{ code: 0, signal: null }, 'end']);
  },
  Hono: async () => {
    const program = start('Hono');
    const port = await program.port();
    const client = connect(port, '/events', { headers: { Origin: 'https://app.example' } });
    await heard(port, client);
    expect(client.response?.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(program.said).toBe('');
  },
  'HTTP/2': async () => {
    const port = await start('HTTP/2').port();
    const session = http2Session(port);
    const both = [new Http2Client(session), new Http2Client(session)];
    await Promise.all([
      ...both.map((stream) => stream.untilText('data: {"eur":42}')),
      connect(port, '/events', { tls: true }).untilText('data: {"eur":42}'),
    ]);
  },
  'To one client, or to one person': async () => {
    // Type-checked and stripped of its types.
    project.write('person.ts', blockOf('To one client, or to one person', 'ts').text);
    project.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          module: 'nodenext',
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          types: ['node'],
        },
        files: ['person.ts'],
      }),
    );
    expect(await project.node([TSC, '-p', '.'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const program = new GuideProgram(project, readFileSync(join(project.folder, 'person.js'), 'utf8'));
    programs.push(program);
    const port = await program.port();
    const [tab, otherTab, bob] = await Promise.all(
      ['ada', 'ada', 'bob'].map((name) =>
        connect(port, `/?name=${name}`).untilText(`event: hello\ndata: hello ${name}\n\n`),
      ),
    );
    expect(await post(port, '/?name=ada', '')).toBe('2 tabs\n');
    expect(await post(port, '/?name=bob', '')).toBe('1 tabs\n');
    await Promise.all([tab, otherTab, bob].map((client) => client?.untilText('event: mail\ndata: you have mail\n\n')));
    expect([tab, otherTab, bob].map((client) => client?.body.split('you have mail').length)).toEqual([2, 2, 2]);
  },
  Events: async () => {
    const program = start('Events');
    const client = await connect(await program.port()).untilText('event: connected');
    const id = String(client.greeting['clientId']);
    client.leave();
    await expect.poll(() => program.said, PATIENCE).toBe(`${id} connected, 1 in all\n${id} disconnected: closed\n`);
  },
  'Readiness and metrics': async () => {
    const port = await start('Readiness and metrics').port();
    await connect(port).untilText('event: connected');
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { ready: true, components: { heartbeat: { ready: true }, eviction: { ready: true }, replay: { ready: true } } },
    ]);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toMatch(
      /^sse_clients 1$[^]*^sse_queued_bytes 0$/m,
    );
  },
  Shutdown: async () => {
    const program = start('Shutdown');
    const client = await connect(await program.port()).untilText('event: connected');
    program.terminate();
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect([client.ended, client.body]).toEqual(['end', expect.stringMatching(/: shutdown\nretry: \d+\n\n$/)]);
  },
  'Several instances': async () => {
    const redis = await startRedis('found' in redisProgram ? redisProgram.found : '');
    onTestFinished(() => redis.stop());
    const program = new GuideProgram(project, blockOf('Several instances', 'js').text, { REDIS_URL: redis.url });
    programs.push(program);
    const port = await program.port();
    await expect.poll(() => childrenOf(program.child.pid ?? 0).length, PATIENCE).toBe(2);
    const both = await untilBothWorkers(port);
    const ids = await Promise.all(Array.from({ length: 6 }, () => post(port, '/', '')));
    for (const client of both) {
      for (const id of ids) await client.untilText(`id: ${id.trim()}\nevent: price\ndata: {"eur":42}\n\n`);
      expect(client.body.match(/^id: .*$/gm)).toEqual(both[0]?.body.match(/^id: .*$/gm));
      expect(client.body.match(/^event: price$/gm)).toHaveLength(6);
    }
  },
  'Load-testing it in your own tests': async () => {
    const program = start('Load-testing it in your own tests');
    expect([await program.ended, program.said]).toEqual([{ code: 0, signal: null }, '']);
  },
};

for (const [section, check] of Object.entries(PROGRAMS)) {
  const missing = section === 'Several instances' && 'missing' in redisProgram ? redisProgram.missing : null;
  const where = missing === null ? '' : ` (skipped: ${missing})`;
  it.skipIf(missing !== null)(`every program in docs/hub.md runs as it stands there: ${section}${where}`, () =>
    expect(check()).resolves.toBeUndefined(),
  );
}

it('every program in docs/hub.md is among those', () => {
  const shown = blocks.filter(({ kind }) => kind === 'js' || kind === 'ts').map(({ section }) => section);
  expect(shown).toEqual(Object.keys(PROGRAMS));
  expect(new Set(blocks.map(({ kind }) => kind))).toEqual(new Set(['sh', 'js', 'js browser', 'ts', 'nginx', '']));
});

it('every program in docs/hub.md for the browser hears the quick start as a browser would', async () => {
  const port = await start('Quick start').port();
  const { text } = blockOf('Quick start', 'js browser');
  // undici's EventSource in place of the browser's; Node 20 has none.
  const program = new GuideProgram(
    project,
    `import { EventSource } from 'undici';\n${text.replace("'/events'", `'http://127.0.0.1:${port}/events'`)}`,
  );
  programs.push(program);
  await expect.poll(() => program.said, PATIENCE).toMatch(/^[a-z]\w{6}-\d+ \{ eur: 42 \}$/m);
});

it('the programs under "As a library" in the README serve a stream, and test it', async () => {
  const [server, tester, ...others] = blocksOf(join(root, 'README.md')).filter(
    ({ section, kind }) => section === 'As a library' && kind === 'js',
  );
  expect(others).toEqual([]);
  const serving = new GuideProgram(project, server?.text.replace('listen(3000)', 'listen(0)') ?? '');
  programs.push(serving);
  const port = await serving.port();
  await connect(port).untilText('event: price\ndata: {"eur":42}\n\n');
  const testing = new GuideProgram(
    project,
    `${tester?.text.replaceAll(':3000', `:${port}`).replace("'10s'", "'5s'") ?? ''}console.log(report.verdict, status);\n`,
  );
  programs.push(testing);
  expect([await testing.ended, testing.said]).toEqual([{ code: 0, signal: null }, 'pass ok\n']);
});

const nginx = found('nginx');

it.runIf('found' in nginx)(
  `the lines for nginx in docs/hub.md pass the stream on as it comes${'missing' in nginx ? ` (skipped: ${nginx.missing})` : ''}`,
  async () => {
    const directives = [...blockOf('Behind a proxy', 'nginx').text.matchAll(/^ {2}(\S[^;]*);/gm)].map(
      ([, directive = '']) => directive,
    );
    const port = await start('Quick start').port();
    const common = ['proxy_pass http://127.0.0.1:3000', 'proxy_http_version 1.1', 'proxy_set_header Connection ""'];
    expect(directives.slice(0, 3)).toEqual(common);
    const proxy = await startNginx(
      'found' in nginx ? nginx.found : '',
      `http://127.0.0.1:${port}`,
      directives.slice(3),
    );
    try {
      const client = connect(Number(new URL(proxy.url).port));
      await client.untilText('data: {"eur":42}\n\n');
      expect(client.response?.headers['server']).toContain('nginx');
    } finally {
      await proxy.stop();
    }
  },
);

// UPDATE_DOCS=1 npx vitest run test/library/guide.test.ts writes the table between its marks.

it('the options of the hub are in the table of docs/hub.md', () => {
  const pattern = /<!-- hub-options -->\n(?:[^]*?\n)?<!-- \/hub-options -->/;
  const wanted = `<!-- hub-options -->\n${optionTable()}\n<!-- /hub-options -->`;
  if (process.env['UPDATE_DOCS'] === '1')
    writeFileSync(
      GUIDE,
      readFileSync(GUIDE, 'utf8').replace(pattern, () => wanted),
    );
  expect(pattern.exec(readFileSync(GUIDE, 'utf8'))?.[0]).toBe(wanted);
});
