/**
 * How far a figure may be off and count as the same: `10%` for all metrics, `latency.p99=20%` for one, `latency=20%` for
 * all that begin so. What a metric is belongs to the verdict.
 */
import { quote } from '../../core/printable.ts';
import { formatPercent, parsePercent } from '../../core/units.ts';
import { type Kind, scalar, ValueError, within } from './value-kind.ts';

export interface Tolerance {
  /** Null for all metrics. */
  readonly metric: string | null;
  /** 0.1 is a tenth of the base's figure. */
  readonly ratio: number;
}

const RANGE = ['0%', '1000%'] as const;
const LEAST = 0;
const MOST = 10;

export const tolerance: Kind<Tolerance> = scalar({
  placeholder: '[metric=]percent',
  commas: true,
  range: RANGE,
  schema: { type: 'string', pattern: String.raw`^(?:[\w.]+=)?\d+(?:\.\d+)?%$` },
  show: ({ metric, ratio }) => `${metric === null ? '' : `${metric}=`}${formatPercent(ratio)}`,
  parse(given): Tolerance {
    const equals = given.lastIndexOf('=');
    const metric = equals === -1 ? null : given.slice(0, equals).trim();
    if (metric !== null && !/^[\w.]{1,60}$/.test(metric))
      throw new ValueError(`${quote(given)} is not METRIC=PERCENT, such as latency.p99=20%`);
    const text = given.slice(equals + 1).trim();
    return { metric, ratio: within(text, parsePercent(text), { least: LEAST, most: MOST, range: RANGE }) };
  },
});
