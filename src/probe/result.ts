/**
 * What a probe found out about one stream: what the formats render and the exit code follows from.
 *
 * The JSON of `--format json` is this object, with `schema` and `exitCode` before it; names and units are a
 * contract. Everything that came from the server is hostile text: whoever shows it escapes it for where it goes.
 */
import { CHECK_IDS, type CheckId } from '../findings/check-ids.ts';
import type { CheckResult } from '../findings/check-result.ts';
import type { MetricUnit } from '../core/metric-units.ts';

export { CHECK_IDS, type CheckId };

/** Milliseconds from the start of the probe to the end of each phase's own part; null where it was not reached or needed. */
export interface Timings {
  dns: number | null;
  connect: number | null;
  tls: number | null;
  /** From the request to the complete response head. */
  headers: number | null;
  /** From the request to the first byte of the body. */
  firstByte: number | null;
  /** From the request to the first event. */
  firstEvent: number | null;
  /** Profile `openai`: from the request to the first token that is not empty. */
  firstToken?: number | null;
}

export interface StreamFigures {
  events: number;
  comments: number;
  /** Bytes of the body, decoded. */
  bytes: number;
  maxSilenceMs: number;
  /** The period that was measured or promised; null where there is none. */
  heartbeatMs: number | null;
  /** How often each type came, most frequent first; bounded, the rest under `…`. */
  eventTypes: Readonly<Record<string, number>>;
  lastEventId: string;
  /** As the server wrote it; null where it did not. */
  retryMs: number | null;
}

/** One read of the body, for the timeline. */
export interface Arrival {
  atMs: number;
  bytes: number;
  events: number;
  comments: number;
}

export interface IntermediaryResult {
  name: string;
  limitMs: number | null;
  kind: 'idle' | 'absolute' | 'first-byte' | 'buffering';
  survives: boolean | null;
  source: string;
}

/** Something that was asked to hold, with `--warn` or `--crit`. */
export interface ProbeThreshold {
  expression: string;
  level: 'warn' | 'crit';
  /** In `unit`; null when nothing was measured. */
  actual: number | null;
  unit: MetricUnit;
  status: 'pass' | 'fail' | 'no-data';
}

export interface ProbeResult {
  status: 'ok' | 'warning' | 'critical' | 'unknown';
  /** Secrets in it are redacted. */
  url: string;
  startedAt: string;
  durationMs: number;
  /** Why it ended: everything had its answer, `--until`, the duration, the deadline, the stream's end, our bound of bytes, Ctrl-C. */
  endedBy: 'answered' | 'until' | 'duration' | 'deadline' | 'stream' | 'bytes' | 'interrupted';
  timingsMs: Timings;
  /** As negotiated: `http/1.1` or `h2`; null when nobody answered. */
  protocol: string | null;
  stream: StreamFigures;
  /** The first ones; bounded. */
  arrivals: readonly Arrival[];
  checks: readonly CheckResult[];
  intermediaries: readonly IntermediaryResult[];
  thresholds: readonly ProbeThreshold[];
  /** The longest heartbeat period that every intermediary in the table would live with. */
  recommendedHeartbeatMs: number | null;
  /** The figures of a profile, its name among them: inter-token percentiles and so on, in the profile's own words. */
  profile?: Readonly<Record<string, unknown>>;
}

export const EXIT_CODE_OF = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const satisfies Record<
  ProbeResult['status'],
  number
>;
