/**
 * A probe as Markdown, for a pull request or the summary of a CI job: the verdict, what is wrong and what to do,
 * then all checks and the proxies, folded. Every list in a result has a bound, so the text has one too (GitHub
 * throws a summary of more than 1 MiB away).
 */
import { formatBytes, formatCount, formatDuration } from '../../core/units.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { CheckId, IntermediaryResult, ProbeResult } from '../../probe/result.ts';
import { markdownText } from '../markdown-text.ts';
import { measured, troubles } from './troubles.ts';

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

/** @param ignore checks that do not count */
export function probeMarkdown(result: ProbeResult, ignore: readonly CheckId[] = []): string {
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
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
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

function heartbeatAdvice({ recommendedHeartbeatMs }: ProbeResult): string {
  return recommendedHeartbeatMs === null
    ? ''
    : `A heartbeat every ${formatDuration(recommendedHeartbeatMs)} would survive every idle timeout in the table.`;
}

/** Empty without rows. Cells have no bar and no line end of their own. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function folded(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
