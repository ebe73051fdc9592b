import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scenarioText } from '../../src/cli/init/scenario-text.ts';
import type { Sighting } from '../../src/cli/init/sighting.ts';
import { loadInitPlan } from '../../src/options/init-options.ts';
import type { FlagValues } from '../../src/options/resolve.ts';
import type { SoakPlan } from '../../src/options/soak-options.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-init-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEEN: Sighting = {
  trouble: null,
  events: 40,
  sequence: '/meta/n~1o',
  time: '/ts',
  tellsLoss: true,
  promisedMs: null,
  periodMs: 1200,
  ends: false,
};
const UNSEEN: Sighting = {
  trouble: 'nothing\nlistens: # there',
  events: 0,
  sequence: null,
  time: null,
  tellsLoss: false,
  promisedMs: null,
  periodMs: null,
  ends: false,
};
const URL_FLAG: FlagValues = { url: ['http://127.0.0.1:3000/events?a=%20{}'] };
const ENVIRONMENT = { TOKEN: 't', API_KEY: 'k', SSE_PROBE_URL: 'http://127.0.0.1:3000/' };

function written(flags: FlagValues, sighting: Sighting | null): string {
  return scenarioText(loadInitPlan({ flags }), sighting, 'sse-probe.yaml');
}

/** By the reader of `sse-probe soak FILE`. */
function planOf(text: string): SoakPlan {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, text);
  return loadSoakPlan({ file, environment: ENVIRONMENT, checkThreshold: parseThreshold });
}

const CASES: [string, FlagValues, Sighting | null][] = [
  ['the server of its own', { clients: '7', duration: '3s' }, null],
  ['a stream that was seen', { ...URL_FLAG, clients: '2k', 'bearer-env': 'TOKEN', insecure: true }, SEEN],
  ['a stream that promises heartbeats and ends', URL_FLAG, { ...SEEN, promisedMs: 15_000, ends: true }],
  ['a stream that did not answer', { url: ['http://a.example:1/', 'http://b.example:2/'] }, UNSEEN],
];

it.each(CASES)('init writes a scenario that soak reads: %s', (_, flags, sighting) => {
  const plan = planOf(written(flags, sighting));
  const asked = loadInitPlan({ flags });
  expect(plan).toMatchObject({ urls: asked.urls, clients: asked.clients, durationMs: asked.durationMs });
  expect(plan.insecure).toBe(asked.insecure);
  expect(plan.bearerEnv).toBe(asked.bearerEnv);
});

it.each(CASES)('init switches keys off that soak reads when they are switched on: %s', (_, flags, sighting) => {
  const text = written(flags, sighting);
  const switchedOn = text.replaceAll(/^( *)#(?=[\w-])/gm, '$1');
  expect(switchedOn).not.toBe(text);
  const plan = planOf(switchedOn);
  expect(plan.reports).toHaveLength(1);
  expect(plan.seed).toBe(1);
  expect(plan.thresholds.length).toBeGreaterThanOrEqual(3);
});

it('init fills in what was seen of a stream, and judges by it', () => {
  expect(planOf(written(URL_FLAG, SEEN))).toMatchObject({
    seqPointer: '/meta/n~1o',
    sentAtPointer: '/ts',
    heartbeatWithinMs: 3000,
    thresholds: ['clients.dropped==0', 'events.lost==0', 'latency.p99<500ms'],
  });
});

it('init leaves open what was not seen, judges by nothing that would have no sample, and says why', () => {
  const text = written(URL_FLAG, UNSEEN);
  expect(planOf(text)).toMatchObject({
    seqPointer: 'auto',
    sentAtPointer: 'auto',
    heartbeatWithinMs: null,
    thresholds: ['clients.dropped==0'],
  });
  expect(text.replaceAll('\n# ', ' ')).toContain(
    String.raw`nothing is known about the stream: nothing\u000alistens: # there.`,
  );
});

it('init does not judge dropped clients of a stream that ends by itself, and names what would tell an end', () => {
  const text = written(URL_FLAG, { ...SEEN, ends: true });
  expect(planOf(text).thresholds).not.toContain('clients.dropped==0');
  expect(text).toContain('\n#until: event:done\n');
});

it('init writes the name of a variable where a URL has a secret', () => {
  const text = written({ url: ['http://user:hunter22@127.0.0.1:3000/events?token=s3cret-value'] }, SEEN);
  expect(text).toContain('\nurl: ${SSE_PROBE_URL}\n');
  expect(text).not.toMatch(/hunter22|s3cret/);
});

it('init comments every key by what the option table says of it', () => {
  const lines = CASES.flatMap(([, flags, sighting]) => written(flags, sighting).split('\n'));
  const bare = lines.filter((line, at) => /^#?[a-z-]+:/.test(line) && !(lines[at - 1] ?? '').startsWith('# '));
  expect(bare).toEqual([]);
});
