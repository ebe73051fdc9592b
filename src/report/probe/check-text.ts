/** One check of a probe in lines for people: its mark, its name, what it says, and what to do. */
import { printable } from '../../core/printable.ts';
import { METRIC_UNITS } from '../../core/metric-units.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProbeThreshold } from '../../probe/result.ts';
import { wrapWords } from '../columns.ts';
import type { Paint } from '../paint.ts';

const MAX_TITLE = 400;
const MAX_HINT = 600;
const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '–' } as const;
const PAINTS = { pass: 'good', warn: 'doubt', fail: 'bad', skip: 'dim' } as const;
/** Columns before what belongs to a check, and before the further lines of a hint. */
const INDENT = 4;
const HINT_INDENT = 6;

/** A check by its mark and its name. */
export function checkName({ id, status }: CheckResult, paint: Paint): string {
  return paint[PAINTS[status]](`${MARKS[status]} ${paint.bold(id)}`);
}

/** @param columns infinite where there is no terminal */
export function checkLines(check: CheckResult, paint: Paint, columns: number, isIgnored = false): string[] {
  const ignored = isIgnored ? paint.dim(' (ignored)') : '';
  return [
    ...wrapWords(`  ${checkName(check, paint)}${ignored}  ${printable(check.title, MAX_TITLE)}`, columns, INDENT),
    ...hintLines(check.hint, paint, columns),
  ];
}

export function hintLines(hint: string, paint: Paint, columns: number): string[] {
  if (hint === '') return [];
  return wrapWords(`    ${paint.dim(`→ ${printable(hint, MAX_HINT)}`)}`, columns, HINT_INDENT);
}

/** Checks that were not judged, those with the same reason in one line. */
export function skippedLines(checks: readonly CheckResult[], paint: Paint, columns: number): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, title, hint } of checks) {
    const why = printable(hint === '' ? title : `${title}. ${hint}`, MAX_TITLE);
    byReason.set(why, [...(byReason.get(why) ?? []), id]);
  }
  return [...byReason].flatMap(([why, ids]) =>
    wrapWords(`  ${paint.dim(`– skipped: ${ids.join(', ')} – ${why}`)}`, columns, INDENT),
  );
}

export function thresholdLine({ expression, actual, unit, status, level }: ProbeThreshold, paint: Paint): string {
  const mark = status === 'pass' ? paint.good('✓') : level === 'crit' ? paint.bad('✗') : paint.doubt('!');
  return `  ${mark} ${expression}  ${paint.dim(actual === null ? 'not measured' : METRIC_UNITS[unit].format(actual))}`;
}
