import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactedPlan } from '../../src/options/redacted-plan.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { withoutVariables, withVariables } from '../../src/options/variables.ts';
import { complaintOf, scenarioFiles } from './scenario-file.ts';

const { scenarioFile } = scenarioFiles();
const environment = { BASE: 'http://127.0.0.1:3000', TOKEN: 'S3CRET-0123', N: '7', EMPTY: '', NESTED: '${N}' };

it.each([
  ['${N}', '7'],
  ['${BASE}/events?n=${N}', 'http://127.0.0.1:3000/events?n=7'],
  ['${MISSING:-5}', '5'],
  ['${N:-5}', '7'],
  ['${EMPTY:-5}', '5'],
  ['${MISSING:-}', ''],
  ['${MISSING:-http://a/b?c={d}', 'http://a/b?c={d'],
  ['$${N}', '${N}'],
  ['$$${N}', '$${N}'],
  ['$N $ {N} $', '$N $ {N} $'],
  ['${NESTED}', '${N}'],
])('a text with variables of the environment, %s, is filled in', (text, filled) => {
  expect(withVariables(text, environment)).toBe(filled);
});

it('a text that is written for a scenario file is read from there as it was', () => {
  const piece = fc.constantFrom('$', '{', '}', '${', '$${', 'N', ':-', 'x');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      expect(withVariables(withoutVariables(text), environment)).toBe(text);
    }),
  );
});

it('a scenario has the variables of the environment in texts, numbers, items of lists and of maps', () => {
  const file = scenarioFile(
    [
      'url: ["${BASE}/events", "${OTHER:-http://b/}"]',
      'clients: ${N}',
      'ramp: ${RAMP:-2s}',
      'header:\n  - "Authorization: Bearer ${TOKEN}"',
      'mix: { healthy: "${N}" }',
      'body: "$${x}"',
      'method: POST\n',
    ].join('\n'),
  );
  expect(loadSoakPlan({ file, environment })).toMatchObject({
    urls: ['http://127.0.0.1:3000/events', 'http://b/'],
    clients: 7,
    rampMs: 2000,
    headers: [['Authorization', 'Bearer S3CRET-0123']],
    mix: { healthy: 7 },
    body: '${x}',
  });
});

it('a secret from a variable is redacted as the option is whose value it becomes', () => {
  const file = scenarioFile('url: http://u:${TOKEN}@h/?token=${TOKEN}\nheader: ["X-Key: ${TOKEN}"]\n');
  expect(JSON.stringify(redactedPlan(loadSoakPlan({ file, environment })))).not.toContain('S3CRET');
});

it.each([
  ['clients: 5\nurl: http://${HOST}/\n', 'FILE:2:13: the environment variable HOST is not set'],
  ['header: ["A: b", "C: ${EMPTY}"]\n', 'FILE:1:22: the environment variable EMPTY is not set'],
  ['method: POST\nbody: "\\u0041 $${ ${N} ${GONE}"\n', 'FILE:2:24: the environment variable GONE is not set'],
  ['mix: { healthy: "${W}" }\n', 'FILE:1:18: the environment variable W is not set'],
  ['body: "${"\n', 'FILE:1:8: "${" begins an environment variable, but no name with'],
  ['body: ${1x}\n', 'FILE:1:7: "${" begins an environment variable, but no name with'],
  ['clients: ${N}x\n', 'FILE:1:10: clients: "7x" is not a whole number'],
  ['clients: "${N}"\n', 'FILE:1:10: clients: is written without quotes'],
  ['"${N}": 5\n', 'FILE:1:1: unknown key "${N}"'],
])('a scenario with a variable that cannot be filled in is refused with its place: %j', (yaml, complaint) => {
  const file = scenarioFile(yaml);
  expect(complaintOf(() => loadSoakPlan({ file, environment }), file)).toContain(complaint);
});
