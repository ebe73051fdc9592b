/**
 * Memory that a server keeps of clients that have left, told from garbage by a second wave of clients that come and go. Pure.
 *
 * After one wave both look alike: measured on Node 20, a sound server with 64 KiB for each client had 7 MiB more after 150
 * of them, and one that forgets none 12 MiB. So the wave goes on for as long as garbage may lie: sound ones rose by 40 to
 * 70 MiB and then stood still, since their runtime collected; the others went on in an even line, to 270 and 460 MiB.
 *
 * What it cannot know: a leak of a few KiB for each client, which such a wave does not raise above garbage.
 */
import { drawdownBytes, type SizeSample } from './trend-envelope.ts';
import { theilSen } from './trend-slope.ts';

/** What a run has to have left behind before a wave is worth its time. */
const WORTH_A_WAVE = { bytes: 8 * 1024 * 1024, bytesPerStream: 32 * 1024 } as const;
/** From the first sample of the wave to the last: so many bytes, and so many times what was there. */
const LEAST_RISE = { bytes: 160 * 1024 * 1024, share: 1.5 } as const;
/** Fewer samples have no halves. */
const LEAST_SAMPLES = 8;
/** The pace of the second half, of that of the first. */
const LEAST_PACE = 0.5;
/** The deepest fall, of the whole rise. */
const MAX_FALL_SHARE = 0.1;
/** A wave that leaves so little of each stream, and of what each left before, has shown that it was garbage. */
const GARBAGE = { share: 0.25, bytesPerStream: 8 * 1024 } as const;

/** What a run, or a wave, left behind. */
export interface LeftBehind {
  bytes: number;
  streams: number;
}

export function isWorthAWave({ bytes, streams }: LeftBehind): boolean {
  return bytes >= Math.max(WORTH_A_WAVE.bytes, streams * WORTH_A_WAVE.bytesPerStream);
}

/** It rises beyond what garbage does, in an even line. @param samples of the wave, in order of time */
export function risesWithClients(samples: readonly SizeSample[]): boolean {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < LEAST_SAMPLES) return false;
  const riseBytes = last.bytes - first.bytes;
  if (riseBytes < Math.max(LEAST_RISE.bytes, first.bytes * LEAST_RISE.share)) return false;
  const half = Math.floor(samples.length / 2);
  const early = theilSen(samples.slice(0, half + 1)).slope;
  const late = theilSen(samples.slice(half)).slope;
  return late >= LEAST_PACE * early && drawdownBytes(samples) < MAX_FALL_SHARE * riseBytes;
}

/** Whether the wave left so little, for each of its streams, that what the run left was garbage. */
export function wasGarbage(run: LeftBehind, wave: LeftBehind): boolean {
  if (wave.streams <= run.streams) return false;
  const bytesEach = wave.bytes / wave.streams;
  return bytesEach <= Math.min(GARBAGE.bytesPerStream, (GARBAGE.share * run.bytes) / run.streams);
}
