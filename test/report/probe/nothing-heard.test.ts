import { expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/probe/result.ts';
import { nothingHeard } from '../../../src/report/probe/nothing-heard.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const SILENT: ProbeResult = { ...PROBE_RESULT, stream: { ...PROBE_RESULT.stream, events: 0, comments: 0, bytes: 0 } };
/** Not a word. */
const NOTHING = /^$/;
const IGNORED = PROBE_RESULT.checks.map(({ id }) => id);

it.each<[string, ProbeResult, string[], RegExp]>([
  ['a warning about a stream of which something came', PROBE_RESULT, [], NOTHING],
  ['a warning about a stream of which not a byte came', SILENT, [], /^no byte/],
  ['a failure, which says enough', { ...SILENT, status: 'critical' }, [], NOTHING],
  ['what was waited for and came', { ...SILENT, endedBy: 'until' }, [], NOTHING],
  ['a profile, whose answers need be no stream', { ...SILENT, profile: { name: 'mcp' } }, [], NOTHING],
  [
    'an answer that went on',
    {
      ...PROBE_RESULT,
      profile: { name: 'openai' },
      checks: [{ id: 'completion', status: 'skip', title: 'the answer went on', evidence: {}, hint: '' }],
    },
    [],
    /^the answer went on$/,
  ],
  ['a warning that no check which counts gives', { ...PROBE_RESULT, thresholds: [] }, IGNORED, /did not arrive$/],
  ['a threshold that does not hold', PROBE_RESULT, IGNORED, NOTHING],
  ['a sound stream', { ...PROBE_RESULT, status: 'ok' }, IGNORED, NOTHING],
])('whether nothing was heard is told of %s', (_what, result, ignore, says) => {
  expect(nothingHeard(result, ignore) ?? '').toMatch(says);
});
