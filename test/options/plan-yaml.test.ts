import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { planYaml } from '../../src/options/plan-yaml.ts';
import { redactedPlan } from '../../src/options/redacted-plan.ts';
import type { FlagValues } from '../../src/options/resolve.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';

/** The plan of a scenario that stdin gave. */
function again(yaml: string): unknown {
  return loadSoakPlan({ file: '-', stdin: Buffer.from(yaml), environment: {} });
}

it('the scenario of a resolved plan has every value with its unit, in the order of the help', () => {
  const flags = { clients: '20', churn: '90/m', mix: 'healthy=9,slow=0.5', incident: ['freeze@20s+1500ms'], seed: '1' };
  const yaml = planYaml(loadSoakPlan({ flags }));
  expect(yaml).toContain(
    'server-processes: auto\nclients: 20\nramp: 5s\nduration: 30s\nsettle: 10s\nmix:\n  healthy: 9\n  slow: 0.5\n',
  );
  expect(yaml).toContain('slow-rate: 256B/s\nchurn: 1.5/s\nincident:\n  - freeze@20s+1.5s\nretry: 3s\n');
  expect(yaml).toContain('max-line: 16MiB\n');
  expect(yaml).not.toMatch(/null|dry-run|^url|^body|^server-pid/m);
});

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    'null',
    'nULL',
    '~',
    'true',
    '5',
    '${A}',
    '$${A}',
    'a: b',
    '- a',
    '# a',
    'a\nb\n',
    '\r\n',
    'ü€',
    '"',
  ),
  fc
    .array(fc.constantFrom('${', '$', '}', '\n', ' ', ':', '#', 'x', '\t', "'"), { maxLength: 12 })
    .map((all) => all.join('')),
);
const word = fc.stringMatching(/^[a-z]{1,8}$/);
const duration = fc.oneof(
  fc.integer({ min: 1, max: 3_600_000 }).map((count) => `${count}ms`),
  fc.integer({ min: 1, max: 3000 }).map((count) => `${count}.25s`),
  fc.constantFrom('0s', '90s', '59m', '1h', '0.1ms'),
);
/** What goes with any target. */
const shared = {
  method: fc.constant('POST'),
  header: fc.array(
    word.map((name) => `X-${name}: ${name}: b`),
    { maxLength: 3 },
  ),
  body: text,
  'bearer-env': word,
  wait: duration,
  transport: fc.constant('undici'),
  proxy: fc.constant('http://127.0.0.1:3128'),
  insecure: fc.constant(true),
  clients: fc.integer({ min: 1, max: 200_000 }).map(String),
  ramp: fc.constantFrom('0s', '1us', '1.5us', '900ms'),
  duration: fc.constantFrom('90s', '1h', '1.75h', '1234567ms', '31d'),
  settle: duration,
  mix: fc.constantFrom('healthy=94,slow=2', 'stalled=0.001,vanished=1000000'),
  'slow-rate': fc.constantFrom('1B/s', '100B/m', '64KiB/s', '1MB/h'),
  churn: fc.constantFrom('0/s', '7/h', '6/m', '12.5/s'),
  incident: fc.constantFrom(['reconnect-all@20s'], ['reconnect-all@1.5s', 'reconnect-all@3us'], []),
  processes: fc.constantFrom('auto', '1', '64'),
  seed: fc.integer({ min: 0, max: 4_294_967_295 }).map(String),
  seq: fc.constantFrom('auto', '', '/a~1b/0'),
  'heartbeat-within': fc.constantFrom('10ms', '1m', '59999.5ms'),
  until: fc.constantFrom('event:a b', 'text:[DONE]', 'text:a: #b'),
  'max-line': fc.constantFrom('16B', '1001B', '1.5KiB', '256MiB'),
  threshold: fc.constantFrom(['latency.p99<250ms abort after 10s', 'events.lost==0'], []),
  'fail-on': fc.constantFrom(['idle-cut'], []),
  report: fc.constantFrom(['json=a b.json'], []),
  json: fc.constant(true),
  quiet: fc.constant(true),
  'dry-run': fc.constant(true),
};
const always = ['method', 'transport', 'duration', 'ramp'] as const;
const own = fc.record(
  {
    ...shared,
    'server-processes': fc.constantFrom('auto', '2'),
    'server-arg': fc.constantFrom(['--heartbeat=1s', '--publish-token=S3CRET0'], []),
    fault: fc.constantFrom(['naive'], []),
    incident: fc.constantFrom(['freeze@1.5s+3s'], ['sigterm@3us'], ['sigterm@1s+31s']),
  },
  { requiredKeys: [...always] },
);
const elsewhere = fc.record(
  {
    ...shared,
    url: fc.array(
      word.map((name) => `http://user:pw@${name}.test:8080/${name}?a=${name}`),
      { minLength: 1, maxLength: 3 },
    ),
    'server-pid': fc.constantFrom('none', '77'),
    'server-clients': fc.constant('http://127.0.0.1/stats#/clients/connected'),
  },
  { requiredKeys: [...always, 'url'] },
);
const withMetrics = fc
  .tuple(elsewhere, fc.constantFrom('http://u:pw@127.0.0.1/metrics#a{b="c"}', 'http://127.0.0.1/metrics'))
  .map(([flags, source]): FlagValues => ({ ...flags, 'server-pid': 'none', 'server-metrics': source }));
const flagsOf: fc.Arbitrary<FlagValues> = fc.oneof(own, elsewhere, withMetrics);

it('the scenario of a resolved plan gives the same plan, whatever it is', () => {
  fc.assert(
    fc.property(flagsOf, (flags) => {
      const plan = loadSoakPlan({ flags });
      expect(again(planYaml(plan))).toEqual({ ...plan, dryRun: false });
    }),
  );
});

it('the scenario of a plan without its secrets loads, and shows none', () => {
  const flags = {
    url: ['https://user:S3CRET0@a.test/?token=S3CRET1&a=b'],
    header: ['Authorization: Bearer S3CRET2', 'X-Plain: S3CRET3'],
    method: 'POST',
    body: 'S3CRET4',
    'server-metrics': 'http://u:S3CRET5@127.0.0.1/metrics',
  };
  const yaml = planYaml(redactedPlan(loadSoakPlan({ flags })));
  expect(yaml).not.toContain('S3CRET');
  expect(again(yaml)).toMatchObject({
    method: 'POST',
    body: 'REDACTED',
    headers: [
      ['Authorization', 'REDACTED'],
      ['X-Plain', 'REDACTED'],
    ],
  });
  const redisArg = '--redis=redis://feed:S3CRET7@redis.example:6379/1';
  expect(planYaml(redactedPlan(loadSoakPlan({ flags: { 'server-arg': [redisArg] } })))).toContain(
    '- --redis=redis://REDACTED@redis.example:6379/1',
  );
  expect(planYaml(redactedPlan(loadSoakPlan({ flags: { 'server-arg': ['--publish-token=S3CRET6'] } })))).toContain(
    '- --publish-token=REDACTED',
  );
});
