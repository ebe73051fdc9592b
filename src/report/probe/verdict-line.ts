/** The verdict of a probe in one line: the word, the URL, and the gravest reason. */
import { printable } from '../../core/printable.ts';
import { refusedAnswerApart } from '../../findings/refused-answer.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProbeResult } from '../../probe/result.ts';
import type { Paint } from '../paint.ts';
import { nothingHeard } from './nothing-heard.ts';

const VERDICTS = {
  ok: { word: 'OK', paint: 'good' },
  warning: { word: 'WARNING', paint: 'doubt' },
  critical: { word: 'CRITICAL', paint: 'bad' },
  unknown: { word: 'UNKNOWN', paint: 'doubt' },
} as const;
/** Checks that depend on what was requested: skipped, they leave nothing about the stream open. */
const OF_REQUEST = new Set<CheckResult['id']>(['tls', 'cors', 'compression', 'error-status', 'protocol']);
const MAX_URL = 200;
const MAX_WHY = 400;

/** @param ignore checks that the verdict ignores */
export function verdictLine(result: ProbeResult, paint: Paint, ignore: readonly string[]): string {
  return lineOf(result, paint, reason(result, ignore));
}

/** The same where the lines above it say already what the server answered. */
export function shortVerdictLine(result: ProbeResult, paint: Paint, ignore: readonly string[]): string {
  return lineOf(result, paint, refusedAnswerApart(reason(result, ignore)).what);
}

function lineOf({ status, url }: ProbeResult, paint: Paint, why: string): string {
  const { word, paint: colour } = VERDICTS[status];
  return `${paint[colour](paint.bold(word))}  ${printable(url, MAX_URL)}  ${paint.dim(why)}`;
}

function reason(result: ProbeResult, ignore: readonly string[]): string {
  const counting = result.checks.filter(({ id }) => !ignore.includes(id));
  const worst = counting.find(({ status }) => status === 'fail') ?? counting.find(({ status }) => status === 'warn');
  if (worst !== undefined) return `${worst.id}: ${printable(worst.title, MAX_WHY)}`;
  const broken = result.thresholds.find(({ status }) => status !== 'pass');
  if (broken !== undefined) return `the threshold ${broken.expression} is broken`;
  return nothingHeard(result, ignore) ?? sound(counting);
}

/** What was not judged is not called sound. */
function sound(checks: readonly CheckResult[]): string {
  const open = checks.filter(({ id, status }) => status === 'skip' && !OF_REQUEST.has(id)).map(({ id }) => id);
  return open.length === 0 ? 'no defect found' : `no defect found; not judged: ${open.join(', ')}`;
}
