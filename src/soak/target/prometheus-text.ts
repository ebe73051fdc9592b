/**
 * Reads single series out of Prometheus text (exposition format 0.0.4; OpenMetrics looks the same as far as
 * is needed here). Pure. It refuses histograms, types and time stamps: a size is one number.
 */
import { parseLabels } from '../../options/values/metrics-source.ts';

/** Name, labels, value; what may follow (a time stamp, an exemplar) is left alone. */
const LINE = /^([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([+-]?(?:[\d.]\S*|Inf|NaN))/;

/**
 * The finite values of a name, with all of these labels: usually one; several where one page tells of
 * several processes.
 */
export function seriesValues(text: string, name: string, labels: ReadonlyMap<string, string> = new Map()): number[] {
  const values: number[] = [];
  for (const [, lineName, lineLabels, value] of series(text)) {
    if (lineName !== name) continue;
    const own = parseLabels(lineLabels ?? '');
    if (![...labels].every(([label, wanted]) => own.get(label) === wanted)) continue;
    const number = Number(value);
    if (Number.isFinite(number)) values.push(number);
  }
  return values;
}

/** All names that there are, each once, in their order. */
export function seriesNames(text: string): string[] {
  return [...new Set([...series(text)].map(([, name]) => name as string))];
}

function* series(text: string): Generator<RegExpExecArray> {
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (match !== null) yield match;
  }
}
