/**
 * What a run cannot answer for, whatever its detectors found: books that do not add up, a run in which nobody
 * had a stream, memory that was to be judged and could not be. Each makes the verdict inconclusive, and none of
 * them the server's fault.
 */
import { formatDuration } from '../core/units.ts';
import type { RunRecord } from '../measure/run-record.ts';
import type { Growth } from '../measure/trend.ts';
import { growthOfRun, loadMs } from '../measure/trend-of-run.ts';
import type { FindingId } from '../scenario/finding-ids.ts';
import type { Finding } from './finding.ts';
import { METRIC_UNITS } from './metrics.ts';
import { evaluateThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';

/** A load of this length asks for a judgement of the memory by itself. To the second: timers are not exact. */
const LONG_LOAD_MS = 5 * 60_000;
const GROWTH = 'server.rss.growth';

type Doubt = Omit<Finding, 'id' | 'severity'>;

export interface Judged {
  ignore: readonly FindingId[];
  /** Of {@link undecidedThresholds}. */
  undecided: readonly Threshold[];
  findings: readonly Finding[];
}

export function doubtsOf(record: RunRecord, judged: Judged): Finding[] {
  const doubts = [unaccounted(record), nobodyThere(record, judged), undecidedMemory(record, judged)];
  return doubts.flatMap((doubt) => (doubt === null ? [] : [{ id: 'not-measured' as const, severity: 'inconclusive' as const, ...doubt }]));
}

/**
 * The thresholds on growth that a trend without a verdict does not answer. One that holds, or is broken, at
 * both ends of the interval is answered all the same.
 */
export function undecidedThresholds(record: RunRecord, thresholds: readonly Threshold[]): Threshold[] {
  const { verdict, low, high } = growthOfRun(record);
  if (verdict !== 'inconclusive') return [];
  const onGrowth = thresholds.filter(({ metric }) => metric === GROWTH);
  const statuses = (bytesPerMinute: number | null): ThresholdResult[] => evaluateThresholds(onGrowth, () => bytesPerMinute);
  const atLow = statuses(low);
  const atHigh = statuses(high);
  return onGrowth.filter((_, at) => atLow[at]?.status === 'no-data' || atLow[at]?.status !== atHigh[at]?.status);
}

/** Our own books: every client that there ever was ended in exactly one way. */
function unaccounted({ summary }: RunRecord): Doubt | null {
  const clients = summary.total('planned');
  const ends = [...summary.ends.values()].reduce((sum, count) => sum + count, 0);
  if (clients === ends) return null;
  return {
    title: `The books do not add up: ${clients} clients, but ${ends} ends.`,
    evidence: { clients, ends: Object.fromEntries(summary.ends) },
    hint: 'This is a defect of sse-probe: please report it with the JSON report of this run.',
  };
}

/** Whom nobody has seen, nobody can call sound. */
function nobodyThere({ summary, interrupted }: RunRecord, { findings }: Judged): Doubt | null {
  if (summary.total('connected') > 0 || findings.some(({ severity }) => severity === 'fail')) return null;
  return {
    title: 'No client had a stream, so nothing was measured.',
    evidence: { planned: summary.total('planned'), connected: 0, refused: summary.total('refused') },
    hint: interrupted
      ? 'The run was interrupted before the first client was in.'
      : 'Run longer than --headers-timeout, and try the URL with one client.',
  };
}

function undecidedMemory(record: RunRecord, { ignore, undecided }: Judged): Doubt | null {
  const { server } = record;
  if (server.source === 'none' || server.down !== null) return null;
  const growth = growthOfRun(record);
  const judged = growth.verdict === 'pass' || growth.verdict === 'fail';
  const askedByLength = Math.round(loadMs(record) / 1000) * 1000 >= LONG_LOAD_MS && !ignore.includes('memory-growth');
  if (judged || (!askedByLength && undecided.length === 0)) return null;
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  return {
    title: `Whether the server's memory grows could not be told: ${reason(growth, loadMs(record))}.`,
    evidence: { bytesPerMinute, lowBytesPerMinute: low, highBytesPerMinute: high, limitBytesPerMinute, samples: server.samples.length },
    hint: `Run longer: a minute of load at least, and several cycles of the garbage collector. Where memory is not the question, ${undecided.length > 0 ? 'leave out the threshold on its growth' : '--ignore memory-growth'}.`,
  };
}

function reason({ verdict, low, high }: Growth, durationMs: number): string {
  const { format } = METRIC_UNITS.bytesPerMinute;
  if (verdict === 'not-measured') return 'it could not be read';
  if (low === null) return `${formatDuration(durationMs)} of load are too short`;
  return `it changes by something between ${format(low)} and ${format(high)}`;
}
