/**
 * Prometheus' text of metrics (exposition format 0.0.4), written by prom-client from data.
 *
 * What is shown was measured already, so each page gets a registry of its own, and nothing is counted in it.
 * prom-client escapes, and throws for a name that is invalid or taken, which is a bug of ours. It is loaded with this
 * file: a command that need not write metrics must not import it.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { printable } from '../core/printable.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels?: Labels;
  /** In the unit of the family's name; null where nothing was measured: it is left out, and so is NaN. */
  value: number | null;
}

/**
 * All samples of one metric name, with the same label names. A family without samples is not written; a gauge's series
 * that is given twice stands once, with its last value.
 */
export interface Family {
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  samples: readonly Sample[];
}

const MAX_LABEL_LENGTH = 500;

/**
 * @param common labels that every series gets, before its own.
 *
 * @throws {Error} for an invalid or doubled name, a bug
 */
export async function exposition(families: readonly Family[], common: Labels = {}): Promise<string> {
  const registry = new Registry();
  for (const family of families) register(family, common, registry);
  // `registry.metrics()` would put an empty line between families.
  const texts = registry.getMetricsAsArray().map(({ name }) => registry.getSingleMetricAsString(name));
  return (await Promise.all(texts)).map((text) => `${text}\n`).join('');
}

function register({ name, type, help, samples }: Family, common: Labels, registry: Registry): void {
  const series = samples.flatMap(({ labels, value }) =>
    // prom-client writes NaN as `Nan`, which the format does not have.
    value === null || Number.isNaN(value) ? [] : [{ labels: shown({ ...common, ...labels }), value }],
  );
  const [first] = series;
  if (first === undefined) return;
  const options = { name, help, labelNames: Object.keys(first.labels), registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(options);
    for (const { labels, value } of series) counter.inc(labels, value);
  } else {
    const gauge = new Gauge(options);
    for (const { labels, value } of series) gauge.set(labels, value);
  }
}

/** prom-client escapes what the format demands, and leaves what a terminal would obey. */
function shown(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, printable(text, MAX_LABEL_LENGTH)]));
}

/** Milliseconds as the seconds that Prometheus wants, to the microsecond. */
export function inSeconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Number((ms / 1000).toFixed(6));
}
