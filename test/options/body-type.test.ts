import { expect, it } from 'vitest';
import { loadListenPlan } from '../../src/options/listen-options.ts';
import { planYaml } from '../../src/options/plan-yaml.ts';
import { loadProbePlan } from '../../src/options/probe-options.ts';
import { redactedPlan } from '../../src/options/redacted-plan.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';

const JSON_HEADER = ['Content-Type', 'application/json'];

it.each([
  ['an object', '{"stream":true}', [], [JSON_HEADER]],
  ['a list with space around it', ' [1]\n', [], [JSON_HEADER]],
  ['JSON beside other headers', '{}', ['X-A: 1'], [['X-A', '1'], JSON_HEADER]],
  [
    'JSON with a type of its own',
    '{}',
    ['content-type: application/x-ndjson'],
    [['content-type', 'application/x-ndjson']],
  ],
  ['a form', 'a=1&b=2', [], []],
  ['what only begins as JSON does', '{a}', [], []],
  ['a number', '5', [], []],
])('listen, probe and soak send %s with the same headers', (_, body, header, headers) => {
  const flags = { body, ...(header.length === 0 ? {} : { header }) };
  for (const plan of [loadListenPlan({ flags }), loadProbePlan({ flags }), loadSoakPlan({ flags })]) {
    expect(plan.headers).toEqual(headers);
    expect(Object.isFrozen(plan) && Object.isFrozen(plan.headers)).toBe(true);
  }
});

it('without a body there is no Content-Type', () => {
  expect(loadSoakPlan({}).headers).toEqual([]);
});

it('a dry run shows the Content-Type that a JSON body gets, and no header of the user', () => {
  const plan = loadSoakPlan({ flags: { body: '{"secret":1}', header: ['Content-Language: s3cret'] } });
  const yaml = planYaml(redactedPlan(plan));
  expect(yaml).toContain('\n  - "Content-Language: REDACTED"\n  - "Content-Type: application/json"\n');
  expect(yaml).not.toMatch(/s3cret|"secret"/);
});
