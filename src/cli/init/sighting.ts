/**
 * What a few clients see of a stream in some seconds: by the same run that the scenario is for, so that nothing is found
 * here that is not found there.
 *
 * A number or a time that is found counts only where all clients found it alike. What was not seen is not denied: the
 * scenario says how to name it.
 */
import { SseProbeError } from '../../core/errors.ts';
import { redactText } from '../../core/redact.ts';
import { soak } from '../../library/entry.ts';
import type { InitPlan } from '../../options/init-options.ts';
import type { SoakReport } from '../../report/soak/soak-report.ts';

/** Three agree by more than chance, and each begins at another moment. */
export const LOOKING = { clients: 3, ramp: '1s', duration: '5s' } as const;

/** Intervals that make a rhythm. */
const LEAST_INTERVALS = 2;

export interface Sighting {
  /** Why there is nothing to tell, in a sentence; null where the stream was heard. */
  readonly trouble: string | null;
  readonly events: number;
  /** JSON pointers into the data. */
  readonly sequence: string | null;
  readonly time: string | null;
  /** Whether a lost event can be told, by numbers or by ids. */
  readonly tellsLoss: boolean;
  /** Heartbeats as the server promises them, and as they came; null for none. */
  readonly promisedMs: number | null;
  readonly periodMs: number | null;
  /** A stream ended by itself. */
  readonly ends: boolean;
}

const NOTHING: Omit<Sighting, 'trouble'> = {
  events: 0,
  sequence: null,
  time: null,
  tellsLoss: false,
  promisedMs: null,
  periodMs: null,
  ends: false,
};

/** Never throws for what the target does. */
export async function sightingOf(plan: InitPlan, signal: AbortSignal): Promise<Sighting> {
  const { urls, bearerEnv, insecure, caFile } = plan;
  try {
    const report = await soak({
      ...LOOKING,
      url: urls,
      settle: '0s',
      mix: { healthy: 1 },
      insecure,
      ...(bearerEnv === null ? {} : { 'bearer-env': bearerEnv }),
      ...(caFile === null ? {} : { ca: caFile }),
      signal,
    });
    return seenIn(report);
  } catch (error) {
    if (!(error instanceof SseProbeError)) throw error;
    return { ...NOTHING, trouble: redactText(error.message) };
  }
}

function seenIn({ clients, events, fields, findings, heartbeat }: SoakReport): Sighting {
  const { count, p50 } = heartbeat.intervalMs;
  const hasRhythm = count >= LEAST_INTERVALS;
  if (events.received === 0 && heartbeat.count === 0) {
    const failed = findings.find(({ severity }) => severity === 'fail') ?? findings[0];
    return { ...NOTHING, trouble: failed?.title ?? 'no event arrived' };
  }
  return {
    trouble: null,
    events: events.received,
    sequence: fields.sequence?.pointer ?? null,
    time: fields.time?.pointer ?? null,
    tellsLoss: events.lost !== null,
    promisedMs: heartbeat.expectedMs,
    periodMs: hasRhythm ? p50 : null,
    ends: clients.dropped > 0 || clients.reconnects > 0 || clients.rotated > 0,
  };
}
