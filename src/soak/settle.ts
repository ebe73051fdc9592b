/**
 * The time after a load in which all clients have left and the server is watched: its count of clients must come back to
 * what it was before the run, and its memory to near where it was.
 *
 * It ends as soon as the server counts nobody of ours any more. A process that nobody named is watched no longer than it has
 * something to tell, so that a run does not become longer unasked: its memory rose, or a threshold asks for it.
 */
import type { Clock } from '../core/clock.ts';
import { pause } from '../core/pause.ts';
import type { RunListener } from '../core/run-events.ts';
import { BoundedSeries } from '../measure/bounded-series.ts';
import { noteworthyRise } from '../memory/rise.ts';
import type { ServerRecord, ServerSample } from '../memory/server-memory.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import type { Target } from './target/target.ts';

const STEP_MS = 250;
/** How long a server that nobody named is watched at least. */
const UNASKED_MS = 1000;

export interface SettlingOptions {
  plan: SoakPlan;
  clock: Clock;
  signal: AbortSignal;
  onEvent: RunListener;
  /** What the run has of the server so far. */
  server: ServerRecord;
  /** Streams that were opened in the run. */
  streams: number;
  /** Time since the load began. */
  loadedMs(): number;
}

export async function settle(
  target: Target,
  { plan, clock, signal, onEvent, server, streams, loadedMs }: SettlingOptions,
): Promise<Pick<ServerRecord, 'settling' | 'settled'>> {
  if (target.origin.source === 'none' && !target.countsClients) return { settling: [], settled: null };
  const series = new BoundedSeries<ServerSample>();
  const startMs = clock.nowMs();
  for (;;) {
    const sample = await target.sample(loadedMs());
    if (sample !== null) series.add(sample);
    const settledMs = clock.nowMs() - startMs;
    const remainingMs = plan.settleMs - settledMs;
    const allLeft = allHaveLeft(sample, server);
    onEvent({ type: 'settling', clients: sample?.clients ?? null, allLeft, remainingMs });
    if (remainingMs <= 0 || signal.aborted || target.down() !== null) break;
    const seen = { ...server, settling: series.toArray() };
    const rises = (): boolean => noteworthyRise(seen, { loadFromMs: plan.rampMs, streams }) !== null;
    if (allLeft && (target.embedded || target.origin.source === 'none')) break;
    const isAwaited = (isCounted(server) && !allLeft) || !isFound(target) || asksForServer(plan);
    if (!isAwaited && settledMs >= UNASKED_MS && (isProxy(target) || !rises())) break;
    await pause(STEP_MS, signal);
  }
  await target.collectGarbage();
  return { settling: series.toArray(), settled: await target.sample(loadedMs()) };
}

/** It counts nobody whom it did not count before the run. */
function allHaveLeft(sample: ServerSample | null, { clientCount }: ServerRecord): boolean {
  const clients = sample?.clients ?? null;
  return clients !== null && clients <= (clientCount?.before ?? 0);
}

/** A count that was not read before the run is nothing to come back to. */
function isCounted({ clientCount }: ServerRecord): boolean {
  return clientCount !== null && clientCount.before !== null;
}

function isProxy({ process: watched }: Target): boolean {
  return watched !== null && watched.isProxy;
}

function isFound({ process: watched }: Target): boolean {
  return watched !== null && watched.listensOn !== null;
}

function asksForServer({ thresholds }: SoakPlan): boolean {
  return thresholds.some((expression) => expression.startsWith('server.'));
}
