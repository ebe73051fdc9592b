/**
 * `sse-probe serve`: the reference server as a process. It says where it listens once it accepts, drains on
 * the first signal, and ends at once on the second.
 */
import { startServer, type RunningServer } from '../hub/server.ts';
import type { ServePlan } from '../scenario/serve-options.ts';

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** Runs until a signal. @returns the exit code; @throws {StartError} when it cannot listen */
export async function serveCommand(plan: ServePlan): Promise<number> {
  const server = await startServer({
    host: plan.host,
    port: plan.port,
    path: plan.path,
    ratePerSecond: plan.ratePerSecond,
    eventSizeBytes: plan.eventSizeBytes,
    maxFillBytes: plan.maxFillBytes,
    faults: plan.faults,
    hub: {
      heartbeatMs: plan.heartbeatMs,
      heartbeatKind: plan.heartbeatKind,
      evictAfterMs: plan.evictAfterMs,
      maxQueueBytes: plan.maxQueueBytes,
      overflow: plan.overflow,
      maxClients: plan.maxClients,
      replayEvents: plan.replayEvents,
      retryMs: plan.retryMs,
    },
    onAcceptError: onceEach((code) => {
      warn(`a client could not be accepted (${code}); this process has as many files open as it may: see ulimit -n`);
    }),
  });
  if (!LOOPBACK.test(plan.host)) warn(`listening on ${plan.host}: everybody who reaches it can read the stream and /clients`);
  const stopped = untilStopped(server, plan.graceMs);
  process.stdout.write(`listening on ${server.url}\n`);
  await stopped;
  return 0;
}

function untilStopped(server: RunningServer, graceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const drain = (): void => {
      server.close({ graceMs }).then(resolve, reject);
    };
    const hurry = (): void => {
      server.close({ graceMs: 0 }).catch(reject);
    };
    let asked = false;
    const stop = (): void => {
      if (asked) hurry();
      else drain();
      asked = true;
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    if (process.send === undefined) return;
    // Started by a run: it asks for garbage collections, and when it is gone nobody needs this server.
    process.on('message', (message: unknown) => {
      if ((message as { type?: unknown } | null)?.type !== 'collect-garbage') return;
      (globalThis as { gc?: () => void }).gc?.();
      process.send?.({ type: 'garbage-collected' });
    });
    process.on('disconnect', () => {
      stop();
      hurry();
    });
  });
}

function warn(text: string): void {
  process.stderr.write(`sse-probe: ${text}\n`);
}

/** A flood of clients without a descriptor is said once for each cause. */
function onceEach(say: (code: string) => void): (error: NodeJS.ErrnoException) => void {
  const said = new Set<string>();
  return ({ code = 'unknown' }) => {
    if (said.has(code)) return;
    said.add(code);
    say(code);
  };
}
