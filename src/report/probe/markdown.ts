/**
 * A probe as Markdown, for a comment on a pull request or the summary of a CI job: the verdict, what is wrong and what to
 * do, then all checks and the proxies, folded. Where it would be longer than its reader takes, it ends earlier.
 */
import { formatBytes, formatCount, formatDuration } from '../../core/units.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { CheckId, IntermediaryResult, ProbeResult } from '../../probe/result.ts';
import { COMMENT_BYTES, folded, table, withinBytes } from '../markdown.ts';
import { markdownText } from '../markdown-text.ts';
import { measured } from '../measured.ts';
import { troubles } from './troubles.ts';

const STATUS_MARKS = { ok: '✅ OK', warning: '⚠️ WARNING', critical: '❌ CRITICAL', unknown: '❔ UNKNOWN' } as const;
const CHECK_MARKS = { pass: '✅', warn: '⚠️', fail: '❌', skip: '➖' } as const;
const THRESHOLD_MARKS = { pass: '✅', fail: '❌', 'no-data': '❔' } as const;
const MAX_URL_LENGTH = 500;
/** The sources are our own, and most of them are pages. */
const PLAIN_URL = /^https:\/\/[\w./#-]+$/;

const PHASES = [
  ['dns', 'DNS'],
  ['connect', 'connect'],
  ['tls', 'TLS'],
  ['headers', 'headers'],
  ['firstByte', 'first byte'],
  ['firstEvent', 'first event'],
  ['firstToken', 'first token'],
] as const;

/** @param ignore checks that do not count. @param maxBytes that its reader takes */
export function probeMarkdown(
  result: ProbeResult,
  ignore: readonly CheckId[] = [],
  maxBytes: number = COMMENT_BYTES,
): string {
  const { checks, thresholds, intermediaries } = result;
  const sections = [
    `## ${STATUS_MARKS[result.status]}: ${markdownText(result.url, MAX_URL_LENGTH)}`,
    troubles(result, ignore)
      .map(
        ({ id, isFatal, title, hint }) =>
          `- ${isFatal ? CHECK_MARKS.fail : CHECK_MARKS.warn} **${markdownText(id)}**: ${markdownText(title)}${hint === '' ? '' : `  \n  → ${markdownText(hint)}`}`,
      )
      .join('\n'),
    figures(result),
    table(
      ['', 'threshold', 'level', 'measured'],
      thresholds.map((threshold) => [
        THRESHOLD_MARKS[threshold.status],
        markdownText(threshold.expression),
        threshold.level,
        markdownText(measured(threshold)),
      ]),
    ),
    folded(
      `${formatCount(checks.length)} checks`,
      table(
        ['', 'check', 'result'],
        checks.map((check) => checkRow(check, ignore)),
      ),
    ),
    folded('Proxies and platforms', table(['', 'name', 'limit', 'source'], intermediaries.map(intermediaryRow))),
    heartbeatAdvice(result),
  ];
  return withinBytes(sections, maxBytes);
}

function figures({ timingsMs, protocol, stream, durationMs }: ProbeResult): string {
  const phases = PHASES.flatMap(([key, name]): [string, string][] => {
    const ms = timingsMs[key];
    return ms === null || ms === undefined ? [] : [[name, formatDuration(ms)]];
  });
  const columns: [string, string][] = [
    ...(protocol === null ? [] : [['protocol', markdownText(protocol)] as [string, string]]),
    ...phases,
    ['events', formatCount(stream.events)],
    ['comments', formatCount(stream.comments)],
    ['bytes', formatBytes(stream.bytes)],
    ['longest silence', formatDuration(stream.maxSilenceMs)],
    ['heartbeat', stream.heartbeatMs === null ? 'none seen' : formatDuration(stream.heartbeatMs)],
    ['probed for', formatDuration(durationMs)],
  ];
  return table(
    columns.map(([name]) => name),
    [columns.map(([, shown]) => shown)],
  );
}

function checkRow({ id, status, title }: CheckResult, ignore: readonly CheckId[]): string[] {
  const isIgnored = ignore.includes(id);
  return [CHECK_MARKS[isIgnored ? 'skip' : status], id, `${isIgnored ? 'ignored: ' : ''}${markdownText(title)}`];
}

function intermediaryRow({ name, limitMs, kind, survives, source }: IntermediaryResult): string[] {
  const mark = survives === null ? CHECK_MARKS.skip : CHECK_MARKS[survives ? 'pass' : 'fail'];
  return [
    mark,
    markdownText(name),
    limitMs === null ? kind : `${formatDuration(limitMs)} ${kind}`,
    PLAIN_URL.test(source) ? `<${source}>` : markdownText(source),
  ];
}

/** It refers to the table of proxies. */
function heartbeatAdvice({ recommendedHeartbeatMs, intermediaries }: ProbeResult): string {
  return recommendedHeartbeatMs === null || intermediaries.length === 0
    ? ''
    : `A heartbeat every ${formatDuration(recommendedHeartbeatMs)} would survive every idle timeout in the table.`;
}
