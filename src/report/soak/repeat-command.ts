/**
 * The command that repeats a run, from the plan of its report: every option that differs from its default, and the seed.
 * Secrets stand in it as REDACTED, since the plan has none; where the reports of the run went is left out.
 */
import { printable } from '../../core/printable.ts';
import type { OptionRow } from '../../options/option.ts';
import { soakOptions } from '../../options/soak-options.ts';
import type { Given, GivenItem } from '../../options/values/value-kind.ts';
import type { SoakReport } from './soak-report.ts';

/** What no shell takes for anything but itself. */
const PLAIN_WORD = /^[\w./:@%+=,-]+$/;
const MAX_VALUE = 2000;

/** One line, to be pasted into a shell as it is. */
export function repeatCommand({ plan, seed }: Pick<SoakReport, 'plan' | 'seed'>): string {
  const flags = Object.entries<OptionRow>(soakOptions).flatMap(([key, row]): string[] => {
    if (row.group === 'Output') return [];
    const value: unknown = key === 'seed' ? seed : plan[key as keyof typeof plan];
    if (value === undefined || (value === null && row.default === null)) return [];
    const given = row.kind.show(value);
    return textOf(given) === textOf(defaultOf(row)) ? [] : valuesOf(given).map((text) => flag(row, text));
  });
  return ['sse-probe soak', ...flags].join(' ');
}

function flag({ flag: name, kind }: OptionRow, text: string): string {
  return kind.placeholder === null ? `--${name}` : shellWord(`--${name}=${printable(text, MAX_VALUE)}`);
}

/** As its kind shows it, since a default may be written in another unit. */
function defaultOf({ default: given, kind }: OptionRow): Given {
  return given === null ? [] : kind.show(kind.read(given));
}

function valuesOf(given: Given): string[] {
  return Array.isArray(given) ? given.map((item: GivenItem) => itemText(item)) : [itemText(given as GivenItem)];
}

function textOf(given: Given): string {
  return JSON.stringify(valuesOf(given));
}

function itemText(item: GivenItem): string {
  return typeof item === 'string' ? item : [...item].map(([key, value]) => `${key}=${value}`).join(',');
}

/** In single quotes nothing has a meaning but the quote itself. */
function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
