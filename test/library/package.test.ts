import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../support/program.ts';
import { PackedProject } from './packed.ts';

let project: PackedProject;
beforeAll(async () => {
  project = await PackedProject.create(['@types/node', 'undici-types', 'typescript']);
});
afterAll(() => project.remove());

const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const majorVersion = Number(process.versions.node.split('.')[0]);

/** Everything that is exported, used as its documentation says; what must not compile is marked. */
const USER_PROGRAM = `
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import {
  encodeComment, encodeEvent, encodeRetry, GeneratorLimitError, probe, soak, SseHub, SseLimitError, SseParser, SseProbeError, StartError,
  UnreachableError, UsageError,
  type ClientDescription, type Clock, type CloseOptions, type ComponentState, type DisconnectReason, type ErrorDetails, type EvictionReason, type HandleOptions,
  type HubClient, type HubCounters, type HubEvents, type HubOptions, type HubStats, type Malformed, type ProbeOptions, type ProbeReport,
  type PublishedEvent, type SoakOptions, type SoakReport, type SseEvent, type SseHandlers, type SseHubOptions, type SseMessage,
} from 'sse-probe';

interface Person { userId: string }
const maybe: string | undefined = process.argv[2];

const hub = new SseHub<Person>({ heartbeatMs: 15_000, maxClients: maybe === undefined ? undefined : Number(maybe), overflow: 'drop-oldest', maxAgeMs: null });
createServer((req, res) => {
  const client: HubClient<Person> | null = hub.handle(req, res, { data: { userId: 'ada' } });
  if (client !== null) hub.send(client.id, { event: 'hello', data: client.data.userId });
});
createSecureServer((req, res) => { hub.handle(req, res, { data: { userId: 'ada' } }); });
hub.on('connect', (client) => client.data.userId.toUpperCase());
hub.on('disconnect', (client, reason) => {
  const why: DisconnectReason = reason;
  console.log(client.id, client.connectedMs, client.blocked, client.queuedBytes, client.lastAcceptedMs, why);
});
const id: string = hub.publish({ event: maybe, data: 'x', id: maybe });
const reached: number = hub.sendWhere(({ data }) => data.userId === 'ada', { data: id });
const removed: boolean = hub.remove('id', 'logged-out') && hub.send('id', { data: 'x', retry: 1000 });
const stats: HubStats = hub.stats();
const evicted: Record<EvictionReason, number> = stats.evicted;
const heartbeat: ComponentState = hub.ready().heartbeat;
const listed: ClientDescription[] = hub.describeClients(10);
const first: Person | undefined = hub.clients.values().next().value?.data;
await hub.close();
await hub.close({ graceMs: 100 });

const plain = new SseHub();
createServer((req, res) => plain.handle(req, res));
plain.on('connect', (client) => { const nothing: undefined = client.data; return nothing; });

const parser = new SseParser({
  onEvent: ({ type, data, lastEventId }: SseEvent) => console.log(type, data, lastEventId),
  onComment: (text) => text.length, onRetry: (ms) => ms + 1, onMalformed: (defect: Malformed, sample) => sample + defect,
  onError: (error: SseLimitError) => error.code, maxLineBytes: 1000, maxEventBytes: maybe === undefined ? undefined : 5,
});
parser.push(Buffer.concat([encodeEvent({ data: 'x' }), encodeComment('c'), encodeRetry(5)]));
const discarded: boolean = parser.end();
parser.reset();

async function measure(signal: AbortSignal): Promise<number> {
  const report: SoakReport = await soak({
    url: ['http://127.0.0.1:1/', new URL('http://127.0.0.1:2/')], clients: 50, ramp: '1s', duration: '5s', mix: { healthy: 9, stalled: 1 }, insecure: true,
    threshold: ['latency.p99<250ms'], 'fail-on': 'no-event-ids', transport: 'wire', processes: 'auto', seed: 1, header: 'A: b', scenario: 'x.yaml', signal,
  });
  const schema: 'sse-probe/soak@1' = report.schema;
  const lost: number | null = report.events.lost;
  const p99: number | null = report.latencyMs.p99;
  const titles: string[] = report.findings.map(({ id, severity, title, hint }) => id + severity + title + hint + schema);
  const verdict: 'pass' | 'fail' | 'inconclusive' | 'interrupted' = report.verdict;
  const small: SoakReport = await soak();
  const probed: ProbeReport = await probe(new URL('http://127.0.0.1:1/'), { until: 'event', deadline: '1s', 'fail-on': ['heartbeat'], warn: 'firstEvent<1s', signal });
  const status: 'ok' | 'warning' | 'critical' | 'unknown' = probed.status;
  for (const { id, status: outcome } of probed.checks) console.log(id, outcome, probed.timingsMs.firstEvent, status, verdict);
  return (lost ?? 0) + (p99 ?? 0) + titles.length + small.exitCode;
}

function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof StartError || error instanceof UnreachableError || error instanceof GeneratorLimitError) return error.code;
  return error instanceof SseProbeError ? error.message + (error.hint ?? '') : 'a bug';
}
const options: SseHubOptions = { retryMs: 1 };
const closing: CloseOptions = { graceMs: 1 };
const soakOptions: SoakOptions = { 'heartbeat-within': '5s' };
const probeOptions: ProbeOptions = { resume: true };
const handlers: SseHandlers = { onEvent: () => {} };
const message: SseMessage = { comment: 'x' };
const event: PublishedEvent = { data: 'x' };
const handled: HandleOptions<Person> = { data: { userId: 'x' } };
const details: ErrorDetails = { hint: 'x' };
export const all: [Clock?, HubCounters?, HubEvents<Person>?, HubOptions?] = [];
export { closing, details, discarded, event, evicted, explain, first, handled, handlers, heartbeat, listed, measure, message, options, probeOptions, reached, removed, soakOptions };

// @ts-expect-error data is needed
createServer((req, res) => hub.handle(req, res));
// @ts-expect-error it is of the wrong type
createServer((req, res) => hub.handle(req, res, { data: { userId: 5 } }));
// @ts-expect-error no such option
new SseHub({ heartbeat: 15 });
// @ts-expect-error no such event
hub.on('evict', () => {});
// @ts-expect-error what is published has data
hub.publish({ event: 'x' });
// @ts-expect-error a duration has a unit
void soak({ duration: 30_000 });
// @ts-expect-error no such key
void soak({ durations: '3s' });
// @ts-expect-error only the command line writes files
void soak({ report: 'json=x' });
// @ts-expect-error no such transport
void soak({ transport: 'h3' });
// @ts-expect-error only the command line does it again and again
void probe('http://x', { watch: '30s' });
`;

it.each([
  ['an ES module', 'user.ts', {}],
  [
    'a strict one',
    'user.ts',
    {
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      verbatimModuleSyntax: true,
    },
  ],
])('the package, as a user has it type-checks for %s, its declarations included', async (_what, file, more) => {
  project.write(file, USER_PROGRAM);
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        moduleResolution: 'nodenext',
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
        ...more,
      },
      files: [file],
    }),
  );
  expect(await project.node([TSC, '-p', '.'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

it('the package, as a user has it type-checks for CommonJS', async () => {
  project.write(
    'user.cts',
    "export const made = import('sse-probe').then(({ SseHub, encodeEvent }) => [new SseHub<{ a: 1 }>(), encodeEvent({ data: 'x' }).length]);\n",
  );
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
      },
      files: ['user.cts'],
    }),
  );
  expect(await project.node([TSC, '-p', '.'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

const NAMES = [
  'BackplaneError',
  'GeneratorLimitError',
  'SseHub',
  'SseLimitError',
  'SseParser',
  'SseProbeError',
  'StartError',
  'UnreachableError',
  'UsageError',
  'encodeComment',
  'encodeEvent',
  'encodeRetry',
  'probe',
  'redisBackplane',
  'soak',
];

it('the package, as a user has it is imported from ES modules and by import() from CommonJS', async () => {
  project.write('a.mjs', "import * as all from 'sse-probe';\nconsole.log(Object.keys(all).sort().join());\n");
  project.write('b.cjs', "import('sse-probe').then((all) => console.log(Object.keys(all).sort().join()));\n");
  for (const file of ['a.mjs', 'b.cjs'])
    expect(await project.node([file])).toEqual({ code: 0, stdout: `${NAMES.join()}\n`, stderr: '' });
});

it.runIf(majorVersion >= 22)('the package, as a user has it is required from CommonJS where Node can', async () => {
  project.write('c.cjs', "console.log(Object.keys(require('sse-probe')).sort().join());\n");
  expect((await project.node(['c.cjs'])).stdout).toBe(`${NAMES.join()}\n`);
});

it('the package, as a user has it has the program, its documentation, the scenarios and the schemas, and no tests or sources', async () => {
  const listed = await project.node([
    '-e',
    "console.log(require('node:fs').readdirSync('node_modules/sse-probe').sort().join())",
  ]);
  expect(listed.stdout.trim().split(',')).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'deploy',
    'dist',
    'docs',
    'monitoring',
    'package.json',
    'scenarios',
    'schemas',
  ]);
  const version = await project.node(['node_modules/sse-probe/bin/sse-probe.js', '--version']);
  expect(version.stdout).toBe(
    `${(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version}\n`,
  );
});

/** Writes the address of each module that is loaded to the file in LOADED. */
const HOOK = `
    import { appendFileSync } from 'node:fs';
    export async function load(url, context, nextLoad) {
      appendFileSync(process.env.LOADED, url + '\\n');
      return nextLoad(url, context);
    }`;

async function loadedBy(program: string): Promise<string[]> {
  project.write('hook.mjs', HOOK);
  project.write('register.mjs', "import { register } from 'node:module';\nregister('./hook.mjs', import.meta.url);\n");
  project.write('program.mjs', program);
  const list = project.write('loaded.txt', '');
  const { code, stderr } = await project.node(['--import', './register.mjs', 'program.mjs'], {
    LOADED: list,
    NODE_NO_WARNINGS: '1',
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map((url) => url.replace(`file://${project.folder}/`, ''))
    .filter((url) => url !== 'program.mjs');
}

it('importing the package loads the parser, the encoder and the hub, and nothing of the command line or of any package', async () => {
  const loaded = await loadedBy("import 'sse-probe';\n");
  const ours = loaded
    .filter((url) => url.startsWith('node_modules/sse-probe/dist/'))
    .map((url) => url.slice('node_modules/sse-probe/dist/'.length));
  expect(loaded.filter((url) => !url.startsWith('node_modules/sse-probe/dist/') && !url.startsWith('node:'))).toEqual(
    [],
  );
  expect(ours.filter((file) => !/^(?:core|machine|sse|hub)\/[\w-]+\.js$/.test(file)).toSorted()).toEqual([
    'index.js',
    'library/entry.js',
  ]);
  // What makes a server of the hub is the program's.
  for (const file of ['server', 'http', 'listener', 'publisher', 'metrics', 'gate', 'process-stats'])
    expect(ours).not.toContain(`hub/${file}.js`);
  expect(ours).toContain('hub/hub.js');
  expect(ours.length).toBeLessThan(45);
});

it('importing the package loads what soak() and probe() need when they are called, and still not the command line', async () => {
  const loaded = await loadedBy(
    "import { probe } from 'sse-probe';\nawait probe('http://127.0.0.1:1/', { deadline: '5s' });\n",
  );
  expect(loaded.some((url) => url.includes('/dist/probe/'))).toBe(true);
  expect(loaded.filter((url) => /\/dist\/(?:cli|soak)\/|\/commander\//.test(url))).toEqual([]);
});

it('importing the package leaves packages loadable that are linked, as with pnpm, also after the hub has had a client', async () => {
  project.write(
    'later.mjs',
    `
      import { createServer, get } from 'node:http';
      import { createRequire } from 'node:module';
      import { SseHub } from 'sse-probe';
      const hub = new SseHub();
      const server = createServer((req, res) => hub.handle(req, res)).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      await new Promise((resolve) => get(server.address(), (response) => response.once('data', resolve)).on('error', () => {}));
      console.log(typeof createRequire(import.meta.url)('hdr-histogram-js').build);
      await hub.close();
      server.close();`,
  );
  expect(await project.node(['later.mjs'])).toEqual({ code: 0, stdout: 'function\n', stderr: '' });
});

it('importing the package starts nothing: no timer, no socket, no listener, not a word', async () => {
  project.write(
    'idle.mjs',
    `
      const before = process.eventNames().length;
      await import('sse-probe');
      console.log(JSON.stringify([process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq'), process.eventNames().length - before]));`,
  );
  const { code, stdout, stderr } = await project.node(['idle.mjs']);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: '' });
  expect((JSON.parse(stdout) as [string[], number])[1]).toBe(0);
  expect((JSON.parse(stdout) as [string[], number])[0].filter((name) => /Timeout|TCP|Immediate/.test(name))).toEqual(
    [],
  );
});
