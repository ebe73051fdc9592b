import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPTION_TABLES } from '../../src/options/schema.ts';
import { root } from '../support/program.ts';
import { parseReport } from '../support/soak-report.ts';
import { PackedProject, type Ran } from './packed.ts';

let project: PackedProject;
beforeAll(async () => {
  project = await PackedProject.create();
});
afterAll(() => project.remove());

const probeSchema = JSON.parse(readFileSync(join(root, 'schemas', 'probe-report.schema.json'), 'utf8')) as object;
const validateProbe = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(probeSchema);

/** Runs what stands in a program of a user; its last expression is printed as JSON. */
async function run(body: string, environment: NodeJS.ProcessEnv = {}): Promise<{ value: unknown; ran: Ran }> {
  project.write(
    'program.mjs',
    `
    import { createServer } from 'node:http';
    import { probe, soak, SseHub, SseProbeError } from 'sse-probe';
    const before = JSON.stringify([process.eventNames().map(String).sort(), process.listenerCount('SIGINT'), process.listenerCount('exit')]);
    const told = (error) => (error instanceof SseProbeError ? [error.name, error.code, error.message] : [error.name]);
    const value = await (async () => { ${body} })().catch(told);
    const after = JSON.stringify([process.eventNames().map(String).sort(), process.listenerCount('SIGINT'), process.listenerCount('exit')]);
    process.stdout.write(JSON.stringify({ value, changed: before === after ? null : [before, after] }));`,
  );
  const ran = await project.node(['program.mjs'], environment);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { value, changed } = JSON.parse(ran.stdout) as { value: unknown; changed: unknown };
  expect(changed).toBeNull();
  return { value, ran };
}

/** What each of these calls is refused with: one program makes them all, one after the other. */
async function refusals(calls: readonly string[]): Promise<Map<string, unknown>> {
  const { value } = await run(`
    const said = [];
    for (const call of [${calls.map((call) => `async () => ${call}`).join(', ')}]) said.push(await call().catch(told));
    return said;`);
  return new Map(calls.map((call, at) => [call, (value as unknown[])[at]]));
}

const SMALL = "clients: 20, ramp: '500ms', duration: '2s', settle: '5s', mix: { healthy: 9, abrupt: 1 }";

const WRONG_SOAKS: [options: string, code: string, message: RegExp][] = [
  ['{ duration: 30_000 }', 'usage', /^soak\(\): duration: "30000" has no unit/],
  ['{ durations: "3s" }', 'usage', /^soak\(\): unknown key "durations"; did you mean "duration"\?$/],
  ['{ rampMs: 5 }', 'usage', /^soak\(\): unknown key "rampMs"; did you mean "ramp"\?$/],
  ['{ clients: null }', 'usage', /^soak\(\): clients: takes a string, a number or a boolean, not null$/],
  [
    '{ threshold: ["events.lost==0", () => 1] }',
    'usage',
    /^soak\(\): threshold\[1\]: takes a string, a number or a boolean, not function$/,
  ],
  ['{ mix: { healthy: 1n } }', 'usage', /^soak\(\): mix\.healthy: takes a string, a number or a boolean, not bigint$/],
  ['{ ramp: "5s", duration: "2s" }', 'usage', /^soak\(\): ramp: a ramp of 5s is longer than the duration of 2s$/],
  ['{ threshold: "latency.p98<1s" }', 'usage', /^soak\(\): threshold: .*latency\.p98/],
  ['{ report: "json=x.json" }', 'usage', /^soak\(\): report is for the command line$/],
  ['{ fault: "no-such" }', 'usage', /there is no fault "no-such"/],
  [
    '{ url: "http://127.0.0.1:1/", "bearer-env": "NOT_SET_HERE" }',
    'usage',
    /the environment variable NOT_SET_HERE is not set/,
  ],
  ['{ url: "http://127.0.0.1:1/events" }', 'unreachable', /^127\.0\.0\.1:1 cannot be reached/],
  [
    '{ url: "http://127.0.0.1:1/events", wait: "300ms" }',
    'unreachable',
    /^127\.0\.0\.1:1 cannot be reached: no connection was accepted within 300ms \(/,
  ],
];

it('soak() from a program gives the object of the JSON report, prints nothing and lets the process end', async () => {
  const { value } = await run(`return soak({ ${SMALL}, seed: 7, threshold: ['events.lost==0'] });`);
  const report = parseReport(JSON.stringify(value));
  expect(report).toMatchObject({
    schema: 'sse-probe/soak@1',
    verdict: 'pass',
    exitCode: 0,
    seed: 7,
    interrupted: false,
    clients: { planned: 20, connected: 20 },
  });
  expect(report.thresholds).toEqual([{ expression: 'events.lost==0', actual: 0, unit: 'count', status: 'pass' }]);
});

it('soak() from a program judges a hub of the same process', async () => {
  const { value } = await run(`
      const hub = new SseHub({ heartbeatMs: 500, evictAfterMs: 4000 });
      const server = createServer((req, res) => hub.handle(req, res)).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const timer = setInterval(() => hub.publish({ event: 'tick', data: JSON.stringify({ seq: hub.nextSeq, scheduled: Date.now() }) }), 100);
      const report = await soak({ url: \`http://127.0.0.1:\${server.address().port}/\`, ${SMALL} });
      clearInterval(timer);
      await hub.close();
      server.close();
      return report;`);
  const report = parseReport(JSON.stringify(value));
  expect(report.findings.filter(({ severity }) => severity === 'fail')).toEqual([]);
  expect(report.events).toMatchObject({ lost: 0, duplicated: 0 });
  expect(report.events['received']).toBeGreaterThan(50);
});

it('soak() from a program takes a scenario file, over which the options win, and finds a defect', async () => {
  project.write(
    'scenario.yaml',
    'clients: 9000\nramp: 500ms\nduration: 2s\nsettle: 2s\nmix: { healthy: 1 }\nfault: wrong-type\nreport: json=never.json\n',
  );
  const { value } = await run("return soak({ scenario: 'scenario.yaml', clients: 10 });");
  const report = parseReport(JSON.stringify(value));
  expect(report).toMatchObject({ verdict: 'fail', exitCode: 1, clients: { planned: 10 } });
  expect(report.findings.map(({ id }) => id)).toContain('not-event-stream');
  expect((await project.node(['-e', "console.log(require('node:fs').existsSync('never.json'))"])).stdout).toBe(
    'false\n',
  );
});

it('soak() from a program ends at its signal with the report so far', async () => {
  const { value } = await run(
    "return soak({ clients: 10, ramp: '500ms', duration: '10m', signal: AbortSignal.timeout(6000) });",
  );
  expect(parseReport(JSON.stringify(value))).toMatchObject({
    interrupted: true,
    verdict: 'interrupted',
    exitCode: 130,
  });
});

it('soak() from a program does not begin when the signal is there already', async () => {
  expect((await run('return soak({ signal: AbortSignal.abort() });')).value).toEqual(['AbortError']);
});

describe('with a mistake', () => {
  let said: Map<string, unknown>;
  beforeAll(async () => {
    said = await refusals(WRONG_SOAKS.map(([options]) => `soak(${options})`));
  });

  it.each(WRONG_SOAKS)(
    'soak() from a program with a mistake says in one sentence what is wrong with %s',
    (options, code, message) => {
      const [, saidCode, sentence] = said.get(`soak(${options})`) as string[];
      expect(saidCode).toBe(code);
      expect(sentence).toMatch(message);
    },
  );
});

const WRONG_PROBES: [args: string, message: RegExp][] = [
  ["'nonsense'", /^"nonsense" is not a URL/],
  ["'http://127.0.0.1:1/', { watch: '30s' }", /^probe\(\): watch is for the command line$/],
  ["'http://127.0.0.1:1/', { serve: ':1' }", /^probe\(\): serve is for the command line$/],
  ["'http://127.0.0.1:1/', { until: 'x' }", /^probe\(\): until: "x" is none of/],
  ["'http://127.0.0.1:1/', { h2: true, 'http1.1': true }", /^probe\(\): h2: --h2 and --http1\.1 exclude each other$/],
];

it('probe() from a program gives the object of the JSON report', async () => {
  const { value } = await run(`
      const hub = new SseHub();
      const server = createServer((req, res) => { if (hub.handle(req, res) !== null) hub.publish({ data: 'x' }); }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const report = await probe(new URL(\`http://127.0.0.1:\${server.address().port}/events\`), { until: 'event', deadline: '20s', warn: 'firstEvent<20s' });
      await hub.close();
      server.close();
      return report;`);
  expect(validateProbe(value), JSON.stringify(validateProbe.errors)).toBe(true);
  expect(value).toMatchObject({
    schema: 'sse-probe/probe@1',
    status: 'ok',
    exitCode: 0,
    endedBy: 'until',
    thresholds: [{ status: 'pass' }],
  });
});

it('probe() from a program takes a server that is not there for a finding, and a secret from the environment', async () => {
  const { value } = await run("return probe('http://127.0.0.1:1/', { deadline: '10s', 'bearer-env': 'TOKEN' });", {
    TOKEN: 'S3CRET',
  });
  expect(validateProbe(value), JSON.stringify(validateProbe.errors)).toBe(true);
  expect(value).toMatchObject({ status: 'critical', exitCode: 2 });
  expect(JSON.stringify(value)).not.toContain('S3CRET');
});

it('probe() from a program ends at its signal with what it knows', async () => {
  const { value } = await run(`
      const server = createServer((req, res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders()).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const report = await probe(\`http://127.0.0.1:\${server.address().port}/\`, { duration: '10m', signal: AbortSignal.timeout(2000) });
      server.closeAllConnections();
      server.close();
      return report;`);
  expect(value).toMatchObject({ endedBy: 'interrupted' });
});

describe('with a mistake', () => {
  let said: Map<string, unknown>;
  beforeAll(async () => {
    said = await refusals(WRONG_PROBES.map(([args]) => `probe(${args})`));
  });

  it.each(WRONG_PROBES)(
    'probe() from a program with a mistake says in one sentence what is wrong with %s',
    (args, message) => {
      const [, code, sentence] = said.get(`probe(${args})`) as string[];
      expect(code).toBe('usage');
      expect(sentence).toMatch(message);
    },
  );
});

it('the names of options leave those free that the functions have of their own', () => {
  for (const table of [OPTION_TABLES.soak, OPTION_TABLES.probe]) {
    const flags = Object.values(table).map(({ flag }) => flag as string);
    expect(flags.filter((flag) => flag === 'signal' || flag === 'scenario')).toEqual([]);
  }
});
