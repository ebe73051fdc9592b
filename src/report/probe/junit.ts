/**
 * A probe as JUnit XML, as CI systems show it: one test case for each check and each threshold.
 *
 * A warning is no failure there, and there is no third thing between: it is a passed case that says what it has to
 * say on `system-out`. A check that nobody could answer is skipped, a threshold without a measurement is an error, and so
 * is a stream of which nothing was heard: one more case says so.
 */
import type { CheckResult } from '../../findings/check-result.ts';
import type { CheckId, ProbeResult, ProbeThreshold } from '../../probe/result.ts';
import { nothingHeard } from './nothing-heard.ts';
import { measured } from './troubles.ts';
import { xmlOpen, xmlText } from '../xml.ts';

interface Case {
  name: string;
  /** The element inside the test case; empty for a case that passed without a message. */
  body: string;
  kind: 'passed' | 'failure' | 'error' | 'skipped';
}

const CLASS_NAME = 'sse-probe.probe';

/** @param ignore checks that do not count */
export function probeJunit(result: ProbeResult, ignore: readonly CheckId[] = []): string {
  const cases = [
    ...result.checks.map((check) => (ignore.includes(check.id) ? ignoredCase(check) : checkCase(check))),
    ...result.thresholds.map(thresholdCase),
    ...nothingCase(nothingHeard(result, ignore)),
  ];
  const counts = {
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
    time: (result.durationMs / 1000).toFixed(3),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${xmlOpen('testsuites', { name: 'sse-probe', ...counts })}>`,
    `  ${xmlOpen('testsuite', { name: result.url, ...counts, timestamp: result.startedAt.replace(/\.\d+Z$/, '') })}>`,
    '    <properties>',
    ...properties(result).map(([name, value]) => `      ${xmlOpen('property', { name, value })}/>`),
    '    </properties>',
    ...cases.map(({ name, body }) => {
      // A check takes no time of its own: all look at one stream.
      const opening = `    ${xmlOpen('testcase', { name, classname: CLASS_NAME, time: 0 })}`;
      return body === '' ? `${opening}/>` : `${opening}>${body}</testcase>`;
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function checkCase({ id, status, title, evidence, hint }: CheckResult): Case {
  const told = [title, ...(hint === '' ? [] : [hint]), JSON.stringify(evidence)]
    .map((line) => xmlText(line))
    .join('\n');
  switch (status) {
    case 'pass':
      return { name: id, kind: 'passed', body: '' };
    case 'warn':
      return { name: id, kind: 'passed', body: `<system-out>warning: ${told}</system-out>` };
    case 'fail':
      return {
        name: id,
        kind: 'failure',
        body: `${xmlOpen('failure', { message: title, type: id })}>${told}</failure>`,
      };
    case 'skip':
      return skippedCase(id, title);
    default:
      return status satisfies never;
  }
}

function ignoredCase({ id, status, title }: CheckResult): Case {
  return skippedCase(id, status === 'skip' ? title : `ignored (${status}): ${title}`);
}

function skippedCase(name: string, message: string): Case {
  return { name, kind: 'skipped', body: `${xmlOpen('skipped', { message })}/>` };
}

function thresholdCase(threshold: ProbeThreshold): Case {
  const { expression, level, status } = threshold;
  const name = `${level} ${expression}`;
  if (status === 'pass') return { name, kind: 'passed', body: '' };
  const said = measured(threshold);
  // "warning" stays a warning whatever broke it.
  if (level === 'warn')
    return { name, kind: 'passed', body: `<system-out>warning: ${xmlText(`${expression}: ${said}`)}</system-out>` };
  const kind = status === 'fail' ? 'failure' : 'error';
  return { name, kind, body: `${xmlOpen(kind, { message: `${expression}: ${said}`, type: 'threshold' })}/>` };
}

function nothingCase(message: string | null): Case[] {
  if (message === null) return [];
  return [{ name: 'stream', kind: 'error', body: `${xmlOpen('error', { message, type: 'nothing-heard' })}/>` }];
}

function properties({
  status,
  protocol,
  endedBy,
  timingsMs,
  stream,
  recommendedHeartbeatMs,
}: ProbeResult): [string, string | number][] {
  const figures: [string, string | number | null | undefined][] = [
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
  return figures.filter((figure): figure is [string, string | number] => figure[1] !== null && figure[1] !== undefined);
}

function count(cases: readonly Case[], kind: Case['kind']): number {
  return cases.filter((one) => one.kind === kind).length;
}
