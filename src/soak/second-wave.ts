/**
 * A second wave of clients when those of the run have left: what the first one could not tell, the same again shows.
 *
 * Short, bounded and announced, and only where something is open: it makes the run longer by some seconds. Nothing that
 * its clients hear is in any figure of the run.
 */
import { pause } from '../core/pause.ts';
import { formatCount, formatDuration } from '../core/units.ts';
import { isWorthAWave, type LeftBehind, risesWithClients } from '../memory/kept-of-clients.ts';
import { sizesOf } from '../memory/rise.ts';
import type { ServerRecord, ServerSample } from '../memory/server-memory.ts';
import type { WaveOfMemory, WaveOfPlaces } from '../record/run-record.ts';
import type { Summary } from '../record/summary.ts';
import type { LoadResult, LoadSample } from './load/load-generator.ts';
import { turnedAwayIn } from './load/refusals.ts';
import { type GeneratorOptions, startGenerator } from './load/start-generator.ts';
import type { RunListener } from '../core/run-events.ts';
import type { Targets } from './target/target.ts';

/** A server that notices by its writes that a client is gone has noticed after two of them; it is given that, in bounds. */
const NOTICED_MS = { least: 2000, most: 10_000, silences: 2 } as const;
/** No faster than in the run, so that no limit of a rate looks like one of places; of a long ramp this part. */
const MOST_RAMP_MS = 5000;
const WAVE_MS = 1000;
/**
 * So many clients come and go a second, until as many have left as garbage may lie of, half of them before their stream
 * began. It ends when it has told; a busy machine takes longer than the 20 s of an idle one.
 */
const COMING_AND_GOING = { clients: 50, perSecond: 100, left: 4000, durationMs: 40_000, rampMs: 500 } as const;

export interface WaveOptions extends GeneratorOptions {
  signal: AbortSignal;
  onEvent: RunListener;
}

/** Are as many let in as were connected at once before, now that nobody is there? */
export async function waveOfPlaces(
  targets: Targets,
  { first, mostOpen }: { first: Summary; mostOpen: number },
  options: WaveOptions,
): Promise<WaveOfPlaces | null> {
  const { plan, signal, onEvent } = options;
  const rampMs = Math.min(plan.rampMs, MOST_RAMP_MS);
  const clients = Math.max(1, Math.floor(plan.rampMs > rampMs ? (mostOpen * rampMs) / plan.rampMs : mostOpen));
  onEvent({
    type: 'note',
    text: `a second wave of ${formatCount(clients)} clients tests whether the server frees the slots of clients that disconnect`,
  });
  const silenceMs = first.times.silence.count === 0 ? 0 : first.times.silence.percentile(100);
  const noticedMs = Math.min(Math.max(NOTICED_MS.least, NOTICED_MS.silences * silenceMs), NOTICED_MS.most);
  onEvent({ type: 'second-wave', mostMs: noticedMs + rampMs + WAVE_MS });
  await pause(noticedMs, signal);
  if (signal.aborted) return null;
  const { summary } = await wave(targets, { clients, rampMs, durationMs: WAVE_MS, churnPerSecond: 0 }, options);
  if (signal.aborted) return null;
  return { clients, letIn: summary.total('connected'), turnedAway: turnedAwayIn(summary) };
}

/**
 * Does the memory rise again, and go on, with clients that come and go? Asked only of a server on this machine that tells
 * nothing but its memory, and had more of it when the churning clients of the run had left.
 *
 * @returns null where there is nothing to ask
 */
export async function waveOfMemory(
  targets: Targets,
  { first, server }: { first: Summary; server: ServerRecord },
  options: WaveOptions & { loadedMs(): number },
): Promise<WaveOfMemory | null> {
  const run = leftBehind(first, server.baseline, server.settled);
  if (first.counts.churned === 0 || !isReadHere(server) || run === null || !isWorthAWave(run)) return null;
  const { signal, onEvent, loadedMs } = options;
  const { clients, perSecond, left: mostLeft, durationMs, rampMs } = COMING_AND_GOING;
  onEvent({
    type: 'note',
    text: `a second wave of up to ${formatCount(mostLeft)} clients (${formatDuration(durationMs)} at most) tests whether the memory that the server kept is garbage`,
  });
  onEvent({ type: 'second-wave', mostMs: rampMs + durationMs + NOTICED_MS.least });
  const [target] = targets;
  const samples = [server.settled];
  const told = new AbortController();
  const pending: Promise<void>[] = [];
  let rises = false;
  const look = async (left: number): Promise<void> => {
    samples.push(await target.sample(loadedMs()));
    rises ||= risesWithClients(sizesOf(samples));
    if (rises || left >= mostLeft) told.abort();
  };
  const size = { clients: Math.min(clients, options.plan.clients), rampMs, durationMs, churnPerSecond: perSecond };
  const { summary } = await wave(
    targets,
    size,
    { ...options, signal: AbortSignal.any([signal, told.signal]) },
    ({ left }) => {
      pending.push(look(left));
    },
  );
  await Promise.all(pending);
  await pause(NOTICED_MS.least, signal);
  const kept = leftBehind(summary, server.settled, await target.sample(loadedMs()));
  return kept === null || signal.aborted ? null : { run, wave: kept, rises };
}

/** By a process of this machine, whose runtime does not fill its heap before it collects, and without a count of clients. */
function isReadHere({ source, process: watched, clientCount, settled }: ServerRecord): boolean {
  const isCounted = clientCount !== null && settled !== null && settled.clients !== null;
  return source === 'pid' && !isCounted && watched?.isProxy === false && watched.lazyRuntime === null;
}

function leftBehind(clients: Summary, before: ServerSample | null, after: ServerSample | null): LeftBehind | null {
  const beforeBytes = before?.rssBytes ?? null;
  const afterBytes = after?.rssBytes ?? null;
  if (beforeBytes === null || afterBytes === null || before?.life !== after?.life) return null;
  const streams = clients.total('connected') + clients.total('reconnects') + clients.counts.churnedEarly;
  return { bytes: afterBytes - beforeBytes, streams };
}

async function wave(
  targets: Targets,
  size: Pick<GeneratorOptions['plan'], 'clients' | 'rampMs' | 'durationMs' | 'churnPerSecond'>,
  options: WaveOptions,
  onSample: (sample: LoadSample) => void = () => {},
): Promise<LoadResult> {
  const { plan } = options;
  const healthy = { healthy: 1, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 };
  const load = await startGenerator(targets, {
    ...options,
    plan: { ...plan, ...size, mix: healthy, incidents: [], thresholds: [] },
    vanishing: null,
  });
  await load.begin(options.signal);
  await load.run(options.signal, onSample);
  return load.leave();
}
