/**
 * A probe that came to no stream, in ten lines at most, so that all of it is in sight: what answered, with its own first
 * line and its headers that matter, and what to do. Checks that nothing could be asked for are left out.
 */
import { printable } from '../../core/printable.ts';
import { refusedAnswerApart } from '../../findings/refused-answer.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProbeResult } from '../../probe/result.ts';
import { fitColumns, wrapWords } from '../columns.ts';
import type { Paint } from '../paint.ts';
import { checkName, hintLines } from './check-text.ts';

/** The whole text, the verdict and the empty line before it included. */
const MAX_LINES = 10;
/** At most so many of these lines say what answered, and so many the verdict. */
const MAX_TITLE_LINES = 3;
const MAX_VERDICT_LINES = 2;
/** One of these fails where there is no stream. */
const OF_ANSWER = new Set<CheckResult['id']>(['reachable', 'tls', 'redirects', 'status', 'content-type']);
const MAX_TITLE = 400;
const INDENT = 4;

/** The check that says why there is no stream; null where there is one. */
export function whyRefused({ checks, intermediaries }: ProbeResult): CheckResult | null {
  // Without a stream nothing is said of what would cut it.
  if (intermediaries.length > 0) return null;
  return checks.find(({ id, status }) => status === 'fail' && OF_ANSWER.has(id)) ?? null;
}

/** @param columns infinite where there is no terminal. @param verdict its lines, which come last */
export function refusedLines(
  check: CheckResult,
  verdict: readonly string[],
  { paint, columns }: { paint: Paint; columns: number },
): string[] {
  const { what, says } = refusedAnswerApart(printable(check.title, MAX_TITLE));
  const said = [
    ...cutTo(wrapWords(`  ${checkName(check, paint)}  ${what}`, columns, INDENT), MAX_TITLE_LINES),
    ...says.map((each) => `${' '.repeat(INDENT)}${fitColumns(each, Math.max(columns - INDENT, 1))}`),
  ];
  const last = ['', ...cutTo(verdict, MAX_VERDICT_LINES)];
  const hint = hintLines(check.hint, paint, columns);
  return [...said, ...cutTo(hint, MAX_LINES - said.length - last.length), ...last];
}

function cutTo(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${kept.at(-1) ?? ''} …`];
}
