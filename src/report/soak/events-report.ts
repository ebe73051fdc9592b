/** The events of a run and how late they came, as the JSON report has it. */
import { clockSkewMs } from '../../accounts/clock-skew.ts';
import { isOrderJudged, sequenceOf, type SequenceMethod } from '../../accounts/sequence.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { rounded } from '../../core/units.ts';
import { type Times, timesOf } from './times.ts';

/** The events of a run, each counted once for each client that was to have it. */
export interface EventsReport {
  /** Events that clients received. */
  received: number;
  /**
   * What loss, duplicates and order were judged by: numbers in the data (`pointer`), ids that prove to be a sequence
   * (`ids`), the comparison of clients (`comparison`), or nothing (`none`).
   */
  sequence: SequenceMethod;
  /** Events that never came; null where `sequence` is `none`. */
  lost: number | null;
  /** Events that came twice; null where `sequence` is `none`. */
  duplicated: number | null;
  /**
   * Events that came out of order; null where order was not judged: `sequence` is `none`, or clients were only compared
   * (`comparison`) and all of them were sent the same order, which may be wrong for all.
   */
  reordered: number | null;
  /** The part of `lost` that was missing behind a Last-Event-ID; null where `sequence` is `none`. */
  resumeLost: number | null;
  /** The part of `duplicated` that came twice because of a Last-Event-ID; null where `sequence` is `none`. */
  resumeDuplicated: number | null;
  /** Events of which the server said itself that it no longer had them. */
  announcedLost: number;
  /** Numbers that the ids passed over for all clients, never sent or lost for all; null where `sequence` is `none`. */
  idsSkipped: number | null;
  /**
   * The part of `lost` right after a load process stood still, which is not held against the server; null where
   * `sequence` is `none`.
   */
  lostAfterStop: number | null;
  /** Lines that are not of the event stream format. */
  malformed: number;
  /** Events received per second, all clients together. */
  ratePerSecond: number;
}

/** The bodies of all streams, decoded and without the framing of HTTP, as far as clients read them. */
export interface BytesReport {
  /** Bytes that clients received. */
  received: number;
  /** Bytes received per second, all clients together. */
  ratePerSecond: number;
}

export function bytesReport({ summary, bytesPerSecond }: RunRecord): BytesReport {
  return { received: summary.counts.bytes, ratePerSecond: rounded(bytesPerSecond) };
}

export function eventsReport({ summary, eventsPerSecond }: RunRecord): EventsReport {
  const { counts } = summary;
  const sequence = sequenceOf(summary)?.method ?? 'none';
  const accounted = sequence !== 'none';
  return {
    received: counts.events,
    sequence,
    lost: accounted ? counts.lost + counts.resumeLost : null,
    duplicated: accounted ? counts.duplicated + counts.resumeDuplicated : null,
    reordered: isOrderJudged(sequence, counts) ? counts.reordered : null,
    resumeLost: accounted ? counts.resumeLost : null,
    resumeDuplicated: accounted ? counts.resumeDuplicated : null,
    announcedLost: counts.announcedLost,
    idsSkipped: accounted ? counts.idsSkipped : null,
    lostAfterStop: accounted ? counts.lostAfterStop + counts.resumeLostAfterStop : null,
    malformed: counts.malformed,
    ratePerSecond: rounded(eventsPerSecond),
  };
}

/** From when an event was due until a healthy client had it, and what could not be timed. */
export interface LatencyReport extends Times {
  /** Samples that are open gaps of silent clients, and so only lower bounds. */
  censored: number;
  /** Events whose time lay in the future: the clocks disagree. */
  skewed: number;
  /**
   * How far the server's clock seems to be ahead, in milliseconds, negative where it is behind; null where nothing says
   * so.
   */
  skewMs: number | null;
  /** Events that had something else where their time was to be. */
  invalid: number;
  /** Events that came after this machine's own clock was set, and gave no sample. */
  untimed: number;
  /** The whole distribution in microseconds, as a compressed HdrHistogram in base64; empty without samples. */
  hdr: string;
}

export function latencyReport({ summary }: RunRecord): LatencyReport {
  const { latency: all, latencyCensored } = summary.times;
  const skewMs = clockSkewMs(summary);
  return {
    ...timesOf(all),
    censored: latencyCensored.count,
    skewed: summary.counts.skewed,
    skewMs: skewMs === null ? null : rounded(skewMs),
    invalid: summary.counts.badTimes,
    untimed: summary.counts.untimed,
    hdr: all.count > 0 ? all.encode() : '',
  };
}
