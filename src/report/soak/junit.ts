/**
 * A soak as JUnit XML: one case for each threshold and each finding, with the figures in its text, and a skipped one for
 * each question that was not judged, with the flag that would judge it.
 *
 * An inconclusive run has errors and no failures: the server is not to blame for what nobody could tell, and a CI page
 * shows the two apart. A question that was judged gets no case: it would stand there as passed beside the finding that
 * answers it. Where no other case says what became of the run, one called `verdict` does, so that no report is empty.
 */
import type { Finding } from '../../findings/finding.ts';
import type { ThresholdResult } from '../../verdict/thresholds.ts';
import { type JunitCase, junitXml, passedCase, skippedCase, troubledCase } from '../junit.ts';
import { measured } from '../measured.ts';
import { targetName, verdictReason } from './headline.ts';
import type { SoakReport } from './soak-report.ts';
import { isDoubted } from './threshold-doubt.ts';

export function soakJunit(report: SoakReport): string {
  const { thresholds, findings, questions } = report;
  const judged = [
    ...thresholds.map((threshold) => thresholdCase(threshold, report)),
    ...findings.filter(isNoGapList).map((finding) => findingCase(finding, report)),
  ];
  const isTold = judged.some(({ kind }) => kind === 'failure' || kind === 'error');
  return junitXml({
    name: targetName(report.target),
    className: 'sse-probe.soak',
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: properties(report),
    cases: [
      ...(isTold ? [] : [verdictCase(report)]),
      ...judged,
      ...questions.flatMap(({ id, notJudged, closes }) =>
        notJudged.length === 0
          ? []
          : [skippedCase(id, `not judged: ${notJudged.map((what, at) => `${what}. ${closes[at] ?? ''}`).join(' ')}`)],
      ),
    ],
  });
}

/** Its gaps are the skipped cases, each with what closes it. */
function isNoGapList({ id, severity }: Finding): boolean {
  return id !== 'not-measured' || severity !== 'info';
}

function verdictCase(report: SoakReport): JunitCase {
  const { verdict } = report;
  const message = `${verdict}: ${verdictReason(report)}`;
  return verdict === 'pass'
    ? passedCase('verdict', [message])
    : troubledCase('verdict', 'error', { message, type: verdict });
}

function thresholdCase(threshold: ThresholdResult, report: SoakReport): JunitCase {
  const { expression, status } = threshold;
  const message = `${expression}: ${measured(threshold)}`;
  if (report.interrupted && status !== 'fail')
    return skippedCase(expression, `${message} until the run was interrupted`);
  if (status === 'pass') return passedCase(expression, [message]);
  const kind = status === 'fail' && !isDoubted(threshold, report) ? 'failure' : 'error';
  return troubledCase(expression, kind, { message, type: 'threshold' });
}

function findingCase({ id, severity, title, hint, evidence }: Finding, { verdict }: SoakReport): JunitCase {
  const details = [title, hint, JSON.stringify(evidence)];
  if (severity === 'warn' || severity === 'info')
    return passedCase(id, [`${severity === 'warn' ? 'warning' : 'note'}: ${title}`, ...details.slice(1)]);
  const kind = severity === 'fail' && verdict !== 'inconclusive' ? 'failure' : 'error';
  return troubledCase(id, kind, { message: title, type: id, details });
}

function properties(report: SoakReport): [string, string | number | null][] {
  const { clients, events, latencyMs, server, generator } = report;
  return [
    ['verdict', report.verdict],
    ['exitCode', report.exitCode],
    ['version', report.version],
    ['seed', report.seed],
    ['protocol', report.target.protocol],
    ['clients.planned', clients.planned],
    ['clients.connected', clients.connected],
    ['clients.dropped', clients.dropped],
    ['clients.refused', clients.refused],
    ['events.received', events.received],
    ['events.lost', events.lost],
    ['latency.p50Ms', latencyMs.p50],
    ['latency.p99Ms', latencyMs.p99],
    ['server.rssPeakBytes', server.rssBytes.peak],
    ['generator.saturated', String(generator.saturated)],
  ];
}
