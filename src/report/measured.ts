/** What came of a threshold, as a person reads it. */
import { METRIC_UNITS, type MetricUnit } from '../core/metric-units.ts';

export function measured({ actual, unit }: { readonly actual: number | null; readonly unit: MetricUnit }): string {
  return actual === null ? 'not measured' : `measured ${METRIC_UNITS[unit].format(actual)}`;
}
