/**
 * What a run cannot answer for, whatever its detectors found: books that do not add up, a run in which nobody
 * had a stream, memory that was to be judged and could not be, a threshold that our own part in it decides. Each
 * makes the verdict inconclusive, and none of them is the server's fault.
 */
import { clockSkewMs } from '../accounts/clock-skew.ts';
import { formatDuration } from '../core/units.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Growth } from '../memory/trend.ts';
import { loadMs } from './growth-of-run.ts';
import type { FindingId } from '../findings/finding-rows.ts';
import type { JudgedRun } from './judged-run.ts';
import type { ThresholdDoubt } from './doubted-thresholds.ts';
import type { Finding } from '../findings/finding.ts';
import { lazyHint } from './memory-gaps.ts';
import { METRIC_UNITS } from './metrics.ts';
import type { Threshold } from './thresholds.ts';

/** A load of this length asks for a judgement of the memory by itself. To the second: timers are not exact. */
const LONG_LOAD_MS = 5 * 60_000;

/** A few always come at the very end. */
const MISSING_SHARE = 0.1;

type Doubt = Omit<Finding, 'severity' | 'id'> & { id?: FindingId };

export interface Judged {
  ignore: readonly FindingId[];
  /** The thresholds that `doubtedThresholds` gives, each with the reason. */
  doubted: ReadonlyMap<Threshold, ThresholdDoubt>;
  findings: readonly Finding[];
}

export function doubtsOf(run: JudgedRun, judged: Judged): Finding[] {
  const doubts = [
    unaccounted(run),
    nobodyThere(run, judged),
    manyMissing(run, judged),
    undecidedMemory(run, judged),
    clockWasSet(run, judged),
    otherClock(run, judged),
    ownPart(run, judged),
  ];
  return doubts.flatMap((doubt) =>
    doubt === null ? [] : [{ id: 'not-measured' as const, severity: 'inconclusive' as const, ...doubt }],
  );
}

/** Our own books: every client that there ever was ended in exactly one way, or was lost with its process. */
function unaccounted({ summary, planned, lostShards }: RunRecord): Doubt | null {
  const clients = planned + summary.counts.churned;
  const lost = lostShards.reduce((sum, shard) => sum + shard.clients, 0);
  const ends = [...summary.ends.values()].reduce((sum, count) => sum + count, lost);
  if (clients === ends) return null;
  return {
    title: `The counts of this run do not add up: ${clients} clients, but ${ends} ends.`,
    evidence: {
      clients,
      ends: { ...Object.fromEntries(summary.ends), ...(lost > 0 ? { 'lost with their process': lost } : {}) },
    },
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
      ? 'The run was interrupted before the first client connected.'
      : 'Run longer than --headers-timeout, and test the URL with one client.',
  };
}

/**
 * Most clients that only wait and read are there after a moment; many that never were have seen nothing of
 * the server. A refusal has a finding of its own.
 */
function manyMissing({ summary, interrupted }: RunRecord, { findings }: Judged): Doubt | null {
  const healthy = summary.byKind.get('healthy');
  if (
    healthy === undefined ||
    healthy.connected === 0 ||
    interrupted ||
    findings.some(({ severity }) => severity === 'fail')
  )
    return null;
  const missing = healthy.planned - healthy.connected;
  if (missing <= healthy.planned * MISSING_SHARE) return null;
  return {
    title: `${missing} of ${healthy.planned} healthy clients never had a stream, so their results are unknown.`,
    evidence: { planned: healthy.planned, connected: healthy.connected, ends: Object.fromEntries(summary.ends) },
    hint: 'Use a longer --duration or --ramp, or fewer clients: the server, or this machine, accepts connections too slowly.',
  };
}

function undecidedMemory(run: JudgedRun, { ignore, doubted }: Judged): Doubt | null {
  const { server, growth } = run;
  if (server.source === 'none' || server.down !== null) return null;
  const judged = growth.verdict === 'pass' || growth.verdict === 'fail';
  const askedByLength = Math.round(loadMs(run) / 1000) * 1000 >= LONG_LOAD_MS && !ignore.includes('memory-growth');
  const askedByThreshold = doubtedFor(doubted, 'growth').length > 0;
  if (judged || (!askedByLength && !askedByThreshold)) return null;
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  return {
    title: `It is not clear whether the server's memory grows: ${reason(growth, loadMs(run))}.`,
    evidence: {
      bytesPerMinute,
      lowBytesPerMinute: low,
      highBytesPerMinute: high,
      limitBytesPerMinute,
      samples: server.samples.length,
    },
    hint: `${lazyHint(server) ?? 'Run longer: at least a minute of load, and several cycles of the garbage collector.'} If memory does not matter, ${askedByThreshold ? 'remove the threshold on its growth' : 'add --ignore memory-growth'}.`,
  };
}

function reason({ verdict, low, high }: Growth, durationMs: number): string {
  const { format } = METRIC_UNITS.bytesPerMinute;
  if (verdict === 'not-measured') return 'it could not be read';
  if (low === null) return `${formatDuration(durationMs)} of load is too short`;
  return `its trend lies between ${format(low)} and ${format(high)}`;
}

/** What came after that has no latency, so a threshold on it holds for a part of the run only. */
function clockWasSet({ generator: { clockStep }, summary }: RunRecord, { doubted }: Judged): Doubt | null {
  const thresholds = doubtedFor(doubted, 'clock');
  if (clockStep === null || thresholds.length === 0) return null;
  return {
    title: `${listed(thresholds)} could be judged for the first ${formatDuration(clockStep.atMs)} only: then this machine's clock was set.`,
    evidence: { thresholds, clockStep, untimed: summary.counts.untimed },
    hint: 'Repeat the run while nothing sets the clock, or use thresholds on spread.*, which needs no wall clock.',
  };
}

/** A latency is the difference of two clocks, of which one may be off. */
function otherClock({ summary }: RunRecord, { doubted }: Judged): Doubt | null {
  const thresholds = doubtedFor(doubted, 'skew');
  if (thresholds.length === 0) return null;
  const skewMs = clockSkewMs(summary);
  const why =
    skewMs === null
      ? 'all times are before the streams began: old events, or a server clock that is behind'
      : skewMs < 0
        ? `the clock of the server may be ${formatDuration(-skewMs)} behind, since all events were equally late`
        : `the clock of the server is ${formatDuration(skewMs)} ahead of this machine`;
  return {
    title: `${listed(thresholds)} could not be judged: ${why}.`,
    evidence: { thresholds, skewMs },
    hint: "Synchronize both clocks (NTP), or use thresholds on spread.*, which needs this machine's clock only.",
  };
}

function ownPart({ generator, summary: { counts } }: RunRecord, { doubted }: Judged): Doubt | null {
  const thresholds = doubtedFor(doubted, 'own-part');
  if (thresholds.length === 0) return null;
  const { eventLoopDelayMs } = generator;
  return {
    id: 'generator-saturated',
    title: `${listed(thresholds)} might hold without the delay of the load process, which was late by up to ${formatDuration(eventLoopDelayMs.max)} (p99 ${formatDuration(eventLoopDelayMs.p99)}).`,
    evidence: { thresholds, eventLoopDelayMs, lostAfterStop: counts.lostAfterStop + counts.resumeLostAfterStop },
    hint: 'Repeat the run with fewer clients, or with a CPU core for each load process.',
  };
}

function doubtedFor(doubted: ReadonlyMap<Threshold, ThresholdDoubt>, why: ThresholdDoubt): string[] {
  return [...doubted].flatMap(([{ expression }, given]) => (given === why ? [expression] : []));
}

function listed(expressions: readonly string[]): string {
  return expressions.length === 1 ? `The threshold ${expressions[0]}` : `The thresholds ${expressions.join(', ')}`;
}
