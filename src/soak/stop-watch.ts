/**
 * A server that is told to stop in the middle of a run, as a deploy tells it: is its process gone within its grace? The
 * load lives on meanwhile; what becomes of its streams is counted where it is heard (load/incident-window.ts).
 */
import { connect } from 'node:net';
import type { Incident } from '../core/incidents.ts';
import { pause } from '../core/pause.ts';
import type { RunListener } from '../core/run-events.ts';
import { formatDuration } from '../core/units.ts';
import type { PlannedStop } from '../memory/server-memory.ts';
import type { Target } from './target/target.ts';

const LOOK_MS = 50;
const CONNECT_MS = 1000;

/** @returns when it is gone, its grace is over, or the run is interrupted */
export async function watchStop(
  { stoppable }: Target,
  { atMs, durationMs: graceMs }: Incident,
  { signal, onEvent }: { signal: AbortSignal; onEvent: RunListener },
): Promise<PlannedStop | null> {
  if (stoppable === null) return null;
  const startMs = performance.now();
  const untold = stoppable.tellToStop();
  const { pid } = stoppable;
  const stop = { pid, atMs, graceMs, untold, goneMs: null, watchedMs: 0, listensAgain: false };
  if (untold !== null) return stop;
  onEvent({ type: 'note', text: `sent SIGTERM to process ${pid}, which has ${formatDuration(graceMs)} to stop` });
  for (;;) {
    const watchedMs = performance.now() - startMs;
    if (stoppable.hasEnded()) return { ...stop, goneMs: watchedMs, watchedMs };
    if (watchedMs >= graceMs || signal.aborted) return { ...stop, watchedMs };
    await pause(LOOK_MS, signal);
  }
}

/** Whether anybody accepts connections where the server was. */
export async function listensThere({ address, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (listens: boolean): void => {
      socket.destroy();
      resolve(listens);
    };
    socket.setTimeout(CONNECT_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
