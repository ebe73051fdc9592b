import { expect, it } from 'vitest';
import { ProbeHistory } from '../../src/cli/probe-history.ts';
import type { ProbeResult } from '../../src/probe/result.ts';
import { PROBE_RESULT } from '../support/probe-result.ts';

function ids(history: ProbeHistory): string[] {
  return [...history.page().matchAll(/href="\/probes\/(\d+)">(\w+)</g)].map(([, id, status]) => `${id} ${status}`);
}

function result(status: ProbeResult['status']): ProbeResult {
  return { ...PROBE_RESULT, status };
}

it('the history of an exporter keeps the last probes, and failed ones longer than sound ones push them out', () => {
  const history = new ProbeHistory(2);
  expect(history.page()).toContain('There was none yet. The last 2 probes are kept');
  for (const status of ['critical', 'ok', 'warning', 'ok'] as const) history.keep(result(status), `text ${status}`);
  expect(ids(history)).toEqual(['4 ok', '3 warning', '1 critical']);
  expect(history.find(1)?.text).toBe('text critical');
  expect(history.find(2)).toBeUndefined();
  for (const status of ['unknown', 'critical'] as const) history.keep(result(status), '');
  expect(ids(history)).toEqual(['6 critical', '5 unknown', '4 ok', '3 warning']);
});

it('the history of an exporter cuts a long text, and keeps nothing when it is told so', () => {
  const history = new ProbeHistory(1);
  history.keep(PROBE_RESULT, 'x'.repeat(1_000_000));
  expect(history.find(1)?.text).toMatch(/^x{32768}\n… cut after 32768 characters\n$/);
  const none = new ProbeHistory(0);
  none.keep(PROBE_RESULT, 'x');
  expect([none.find(1), none.page().includes('None is kept (--history 0).')]).toEqual([undefined, true]);
});

it('the page of the history obeys no text of a target', () => {
  const history = new ProbeHistory(1);
  history.keep({ ...PROBE_RESULT, url: 'http://h/"><script>alert(1)</script>\u202e' }, '');
  expect(history.page()).toContain('http://h/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e');
});
