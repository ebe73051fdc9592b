/**
 * A second wave of clients when those of the run have left: what the first one could not tell, the same again shows.
 *
 * Short, bounded and announced, and only where something is open: it makes the run longer by some seconds. Nothing that
 * its clients hear is in any figure of the run.
 */
import { pause } from '../core/pause.ts';
import { formatCount } from '../core/units.ts';
import type { WaveOfPlaces } from '../record/run-record.ts';
import type { Summary } from '../record/summary.ts';
import type { LoadResult } from './load/load-generator.ts';
import { turnedAwayIn } from './load/refusals.ts';
import { type GeneratorOptions, startGenerator } from './load/start-generator.ts';
import type { RunListener } from '../core/run-events.ts';
import type { Targets } from './target/targets.ts';

/** A server that notices by its writes that a client is gone has noticed after two of them; it is given that, in bounds. */
const NOTICED_MS = { least: 2000, most: 10_000, silences: 2 } as const;
/** No faster than in the run, so that no limit of a rate looks like one of places; of a long ramp this part. */
const MOST_RAMP_MS = 5000;
const WAVE_MS = 1000;

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
    text: `a second wave of ${formatCount(clients)} clients shows whether the places of those who left come back`,
  });
  const silenceMs = first.times.silence.count === 0 ? 0 : first.times.silence.percentile(100);
  await pause(Math.min(Math.max(NOTICED_MS.least, NOTICED_MS.silences * silenceMs), NOTICED_MS.most), signal);
  if (signal.aborted) return null;
  const { summary } = await wave(targets, { clients, rampMs, durationMs: WAVE_MS, churnPerSecond: 0 }, options);
  if (signal.aborted) return null;
  return { clients, letIn: summary.total('connected'), turnedAway: turnedAwayIn(summary) };
}

async function wave(
  targets: Targets,
  size: Pick<GeneratorOptions['plan'], 'clients' | 'rampMs' | 'durationMs' | 'churnPerSecond'>,
  options: WaveOptions,
): Promise<LoadResult> {
  const { plan } = options;
  const healthy = { healthy: 1, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 };
  const load = await startGenerator(targets, {
    ...options,
    plan: { ...plan, ...size, mix: healthy, incidents: [], thresholds: [] },
    vanishing: null,
  });
  await load.run(options.signal, () => {});
  return load.leave();
}
