/**
 * A probe as JUnit XML, as CI systems show it: one test case for each check and each threshold.
 *
 * A warning is a case that passes and says what it has to say. A check that nobody could answer is skipped, a threshold
 * without a measurement is an error, and so is a stream of which nothing was heard: one more case says so.
 */
import type { CheckResult } from '../../findings/check-result.ts';
import type { CheckId, ProbeResult, ProbeThreshold } from '../../probe/result.ts';
import { type JunitCase, junitXml, passedCase, skippedCase, troubledCase } from '../junit.ts';
import { measured } from '../measured.ts';
import { nothingHeard } from './nothing-heard.ts';

/** @param ignore checks that do not count */
export function probeJunit(result: ProbeResult, ignore: readonly CheckId[] = []): string {
  const unheard = nothingHeard(result, ignore);
  return junitXml({
    name: result.url,
    className: 'sse-probe.probe',
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    properties: properties(result),
    cases: [
      ...result.checks.map((check) => (ignore.includes(check.id) ? ignoredCase(check) : checkCase(check))),
      ...result.thresholds.map(thresholdCase),
      ...(unheard === null ? [] : [troubledCase('stream', 'error', { message: unheard, type: 'nothing-heard' })]),
    ],
  });
}

function checkCase({ id, status, title, evidence, hint }: CheckResult): JunitCase {
  const details = [title, ...(hint === '' ? [] : [hint]), JSON.stringify(evidence)];
  switch (status) {
    case 'pass':
      return passedCase(id);
    case 'warn':
      return passedCase(id, [`warning: ${title}`, ...details.slice(1)]);
    case 'fail':
      return troubledCase(id, 'failure', { message: title, type: id, details });
    case 'skip':
      return skippedCase(id, title);
    default:
      return status satisfies never;
  }
}

function ignoredCase({ id, status, title }: CheckResult): JunitCase {
  return skippedCase(id, status === 'skip' ? title : `ignored (${status}): ${title}`);
}

function thresholdCase(threshold: ProbeThreshold): JunitCase {
  const { expression, level, status } = threshold;
  const name = `${level} ${expression}`;
  if (status === 'pass') return passedCase(name);
  const message = `${expression}: ${measured(threshold)}`;
  // "warning" stays a warning whatever broke it.
  if (level === 'warn') return passedCase(name, [`warning: ${message}`]);
  return troubledCase(name, status === 'fail' ? 'failure' : 'error', { message, type: 'threshold' });
}

function properties({
  status,
  protocol,
  endedBy,
  timingsMs,
  stream,
  recommendedHeartbeatMs,
}: ProbeResult): [string, string | number | null | undefined][] {
  return [
    ['status', status],
    ['endedBy', endedBy],
    ['protocol', protocol],
    ...Object.entries(timingsMs).map(([phase, ms]): [string, number | null] => [`${phase}Ms`, ms]),
    ['events', stream.events],
    ['comments', stream.comments],
    ['bytes', stream.bytes],
    ['maxSilenceMs', stream.maxSilenceMs],
    ['heartbeatMs', stream.heartbeatMs],
    ['recommendedHeartbeatMs', recommendedHeartbeatMs],
  ];
}
