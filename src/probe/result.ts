/**
 * What a probe found out about one stream: what the formats render and the exit code follows from.
 *
 * The JSON of `--format json` is this object, with `schema` and `exitCode` before it; names and units are a
 * contract. Everything that came from the server is hostile text, to be escaped wherever it is shown.
 */
import type { Fields } from '../accounts/found-fields.ts';
import { CHECK_IDS, type CheckId } from '../findings/check-rows.ts';
import type { CheckResult } from '../findings/check-result.ts';
import type { MetricUnit } from '../core/metric-units.ts';

export { CHECK_IDS, type CheckId };

/** How long each phase took, in milliseconds; null where it was not reached or not needed. */
export interface Timings {
  /** Looking up the host name, in milliseconds; null for an address, and behind a proxy. */
  dns: number | null;
  /** The TCP connection, in milliseconds; null where nobody answered. */
  connect: number | null;
  /** The TLS handshake, in milliseconds; null without TLS. */
  tls: number | null;
  /** From the request to the complete response head, in milliseconds; null where none came. */
  headers: number | null;
  /** From the request to the first byte of the body, in milliseconds; null where none came. */
  firstByte: number | null;
  /** From the request to the first event, in milliseconds; null where none came. */
  firstEvent: number | null;
  /** Profile `openai`: from the request to the first token that is not empty, in milliseconds; null where none came. */
  firstToken?: number | null;
}

/** What came on the stream. */
export interface StreamFigures {
  /** Events that came. */
  events: number;
  /** Comments that came. */
  comments: number;
  /** Bytes of the body, decoded. */
  bytes: number;
  /** Longest time between two bytes, in milliseconds. */
  maxSilenceMs: number;
  /** Period of the heartbeats as promised, else as measured, in milliseconds; null where there is none. */
  heartbeatMs: number | null;
  /** How often each type of event came, the most frequent first; what is beyond the bound is under `…`. */
  eventTypes: Readonly<Record<string, number>>;
  /** The last event id; empty where there was none. */
  lastEventId: string;
  /** The reconnection time as the server wrote it, in milliseconds; null where it wrote none. */
  retryMs: number | null;
}

/** One read of the body, for the timeline. */
export interface Arrival {
  /** When it came, in milliseconds since the probe began. */
  atMs: number;
  /** Bytes of the body, decoded. */
  bytes: number;
  /** Events that were complete with it. */
  events: number;
  /** Comments that were complete with it. */
  comments: number;
}

/** Whether a well-known proxy or platform would leave the stream alone, by its defaults. */
export interface IntermediaryResult {
  /** The proxy or platform. */
  name: string;
  /** Its limit, in milliseconds; null where it has none and collects bytes instead. */
  limitMs: number | null;
  /** What it limits: a silence, the age of a stream, or the time to the first byte; or that it collects bytes. */
  kind: 'idle' | 'absolute' | 'first-byte' | 'buffering';
  /** Whether the stream would survive it; null where too little was seen to tell. */
  survives: boolean | null;
  /** URL of the documentation that says so. */
  source: string;
}

/** Something that was asked to hold, with `warn` or `crit`. */
export interface ProbeThreshold {
  /** The threshold as it was given. */
  expression: string;
  /** What the outcome is where it does not hold: a warning, or critical. */
  level: 'warn' | 'crit';
  /** What was measured, in `unit`; null where there was nothing to measure. */
  actual: number | null;
  /** The unit of `actual`. */
  unit: MetricUnit;
  /** Whether it holds; `no-data` where there was nothing to measure, which counts as broken. */
  status: 'pass' | 'fail' | 'no-data';
}

/** What a probe found out. */
export interface ProbeResult {
  /** The outcome: never `ok` where nothing was heard, or `until` did not come; `unknown` is kept for a probe that cannot tell. */
  status: 'ok' | 'warning' | 'critical' | 'unknown';
  /** The URL that was probed, without secrets. */
  url: string;
  /** When the probe began, as ISO 8601 in UTC. */
  startedAt: string;
  /** How long it took, in milliseconds. */
  durationMs: number;
  /**
   * Why it ended: all was answered, `until` came, the duration or the deadline was over, the stream ended, the bound of
   * bytes was reached, or it was interrupted.
   */
  endedBy: 'answered' | 'until' | 'duration' | 'deadline' | 'stream' | 'bytes' | 'interrupted';
  /** How long each phase took. */
  timingsMs: Timings;
  /** The version of HTTP that was spoken, such as `http/1.1` or `h2`; null where nobody answered. */
  protocol: string | null;
  /** What came on the stream. */
  stream: StreamFigures;
  /** Where in the data of the events their number and their time were read. */
  fields: Fields;
  /** The first reads of the body, a thousand at most. */
  arrivals: readonly Arrival[];
  /** What each check says, those that were skipped included. */
  checks: readonly CheckResult[];
  /** What well-known proxies and platforms would do to the stream; empty where there was no stream. */
  intermediaries: readonly IntermediaryResult[];
  /** What was asked to hold, and whether it did. */
  thresholds: readonly ProbeThreshold[];
  /**
   * The longest heartbeat period that every idle limit of well-known proxies and platforms would live with, in
   * milliseconds; null where none is known.
   */
  recommendedHeartbeatMs: number | null;
  /** The figures of the profile in its own words, its name among them; missing where it has none. */
  profile?: Readonly<Record<string, unknown>>;
}

export const EXIT_CODE_OF = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const satisfies Record<
  ProbeResult['status'],
  number
>;
