/**
 * Prometheus' text of metrics (exposition format 0.0.4), written from data.
 *
 * Written here rather than by a client library: what we show was measured already, so there is nothing to register,
 * to count or to reset, and all that is left is three escapes. A name that is none, and a series that stands twice,
 * are bugs of ours and throw: Prometheus would drop the whole page for either.
 */
import { printable } from './printable.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels?: Labels;
  /** In the unit of the family's name; null where nothing was measured: it is left out. */
  value: number | null;
}

/** All samples of one metric name. A family without samples is not written. */
export interface Family {
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  samples: readonly Sample[];
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const METRIC_NAME = /^[A-Za-z_:][\w:]*$/;
const LABEL_NAME = /^(?!__)[A-Za-z_]\w*$/;
const MAX_LABEL_LENGTH = 500;

/** @param common labels that every series gets. @throws {Error} for an invalid or doubled name, a bug */
export function exposition(families: readonly Family[], common: Labels = {}): string {
  const seen = new Set<string>();
  return families.map((family) => familyText(family, common, seen)).join('');
}

function familyText({ name, type, help, samples }: Family, common: Labels, seen: Set<string>): string {
  if (!METRIC_NAME.test(name))
    throw new Error(`exposition() was given ${JSON.stringify(name)}, which is no name of a metric`);
  const lines: string[] = [];
  for (const { labels = {}, value } of samples) {
    if (value === null) continue;
    const series = `${name}${labelText({ ...common, ...labels })}`;
    if (seen.has(series)) throw new Error(`exposition() was given the series ${series} twice`);
    seen.add(series);
    lines.push(`${series} ${valueText(value)}\n`);
  }
  return lines.length === 0 ? '' : `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!LABEL_NAME.test(name))
      throw new Error(`exposition() was given ${JSON.stringify(name)}, which is no name of a label`);
    return `${name}="${escapeLabel(printable(value, MAX_LABEL_LENGTH))}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** "label_value … the backslash (\), double-quote ("), and line feed (\n) characters have to be escaped" */
function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Escapes a help text, in which a double quote needs no escape. */
function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

/** Milliseconds as the seconds that Prometheus wants, to the microsecond. */
export function inSeconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Number((ms / 1000).toFixed(6));
}
