/**
 * `sse-probe serve`: the reference server as a process. It says where it listens once it accepts, drains on
 * the first signal, and ends at once on the second.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { StartError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import { keepYoungGeneration } from '../machine/young-generation.ts';
import { startServer, type RunningServer } from '../server/server.ts';
import type { ServePlan } from '../options/serve-options.ts';
import { feedBackplane } from './feed-backplane.ts';
import { output } from './output.ts';
import { publishToken } from './publish-token.ts';

/** Runs until a signal. @returns the exit code; @throws {StartError} when it cannot listen */
export async function serveCommand(plan: ServePlan): Promise<number> {
  keepYoungGeneration();
  const backplane = await feedBackplane(plan, process.env, warn);
  const server = await startServer({
    host: plan.host,
    port: plan.port,
    path: plan.path,
    ratePerSecond: plan.ratePerSecond,
    eventSizeBytes: plan.eventSizeBytes,
    maxFillBytes: plan.maxFillBytes,
    tls: tlsFiles(plan),
    http2: plan.http2,
    publishToken: publishToken(plan, process.env),
    allowedHosts: plan.allowedHosts,
    corsOrigins: plan.corsOrigins,
    faults: plan.faults,
    hub: {
      heartbeatMs: plan.heartbeatMs,
      heartbeatKind: plan.heartbeatKind,
      evictAfterMs: plan.evictAfterMs,
      maxQueueBytes: plan.maxQueueBytes,
      overflow: plan.overflow,
      maxClients: plan.maxClients,
      maxAgeMs: plan.maxAgeMs,
      replayEvents: plan.replayEvents,
      replayBytes: plan.replayBytes,
      retryMs: plan.retryMs,
      backplane,
    },
    onAcceptError: onceEach((code) => {
      warn(`a client could not be accepted (${code}): this process reached its limit of open files; see ulimit -n`);
    }),
  }).catch((error: unknown) => {
    backplane?.close();
    throw error;
  });
  if (!isLoopback(plan.host))
    warn(`listening on ${plan.host}: anyone who can reach it can read the stream and /clients`);
  const stopped = untilStopped(server, plan.graceMs);
  output.print(`listening on ${server.url}\n`);
  // The line above is read by programs; a run that has started this server needs no more than that.
  if (process.send === undefined)
    process.stderr.write(`  stream     ${server.url}${plan.path}\n  dashboard  ${server.url}/\n`);
  await stopped;
  return 0;
}

/** @throws {StartError} naming the file */
function tlsFiles({ tlsCert, tlsKey }: ServePlan): { cert: string; key: string } | undefined {
  if (tlsCert === null || tlsKey === null) return undefined;
  return { cert: fileOf('--tls-cert', tlsCert), key: fileOf('--tls-key', tlsKey) };
}

function fileOf(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(`${flag}: cannot read ${path} (${code ?? message})`, { cause: error });
  }
}

async function untilStopped(server: RunningServer, graceMs: number): Promise<void> {
  const stopping = new AbortController();
  const hurry = (): void => void server.close({ graceMs: 0 });
  const onSignal = (): void => (stopping.signal.aborted ? hurry() : stopping.abort());
  // Started by a run: it asks for garbage collections, and when it is gone nobody needs this server.
  const onDisconnect = (): void => {
    stopping.abort();
    hurry();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('message', collectGarbage);
  process.on('disconnect', onDisconnect);
  if (process.send !== undefined && !process.connected) onDisconnect();
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  await server.close({ graceMs });
  process.off('SIGTERM', onSignal);
  process.off('SIGINT', onSignal);
  process.off('message', collectGarbage);
  process.off('disconnect', onDisconnect);
  // An open channel would keep the process alive.
  if (process.connected) process.disconnect();
}

function collectGarbage(message: unknown): void {
  if ((message as { type?: unknown } | null)?.type !== 'collect-garbage') return;
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.({ type: 'garbage-collected' });
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
