import { expect, it } from 'vitest';
import { probeAnnotations } from '../../../src/report/probe/github.ts';
import { annotationShape, readAnnotations } from '../../support/annotations.ts';
import { hostileResult, HOSTILE_TEXTS } from '../../support/hostile-result.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

it('the annotations of a probe are an error for what failed and a warning for what is not as it should be', () => {
  const annotations = readAnnotations(probeAnnotations(PROBE_RESULT, []));
  expect(annotations.map(({ level, properties }) => `${level} ${properties['title']}`)).toEqual([
    'error sse-probe: resume',
    'warning sse-probe: tls',
    'warning sse-probe: cache-control',
    'warning sse-probe: proxy-buffering',
    'warning sse-probe: silent-gap',
    'warning sse-probe: protocol',
    expect.stringMatching(/^warning sse-probe: /),
    'warning sse-probe: firstEvent<500ms',
  ]);
  expect(annotations[0]?.message).toBe(
    'after coming back with Last-Event-ID 3 events were lost\nKeep the last events and send those after Last-Event-ID first.',
  );
});

it('the annotations of a probe are none for checks that do not count', () => {
  const ignore = PROBE_RESULT.checks.map(({ id }) => id);
  expect(probeAnnotations({ ...PROBE_RESULT, status: 'ok', thresholds: [] }, ignore)).toBe('');
});

it('the annotations of a probe are as many whatever a server says', () => {
  const plain = annotationShape(probeAnnotations(hostileResult('x'), []));
  for (const text of [...HOSTILE_TEXTS, '::error::a', ',file=a::b'])
    expect(annotationShape(probeAnnotations(hostileResult(text), []))).toEqual(plain);
});
