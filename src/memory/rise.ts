/**
 * Whether a server's memory rose in a run by so much that a reader has to hear of it, judged or not. Pure.
 *
 * A rise is worth a word, which is no accusation, when it is more than what a sound runtime's young garbage does (twice
 * the semi-space of V8, 16 MiB) and more than a fifth of what was there. Under an even load the floor of the last quarter
 * is held against that of the first: a collector's sawtooth has the same floor in both. What was there before any client
 * came is held against what is left when all have gone, which rises in every sound server too: measured with 1,000
 * clients, Node and Go kept 38 MiB for the next ones. So that has to be more than double, and more than 64 MiB and 64 KiB
 * a stream.
 */
import { lowerEnvelope, type SizeSample } from './trend-envelope.ts';
import type { ServerRecord, ServerSample } from './server-memory.ts';

export interface Rise {
  /** Before any client came; the first that was read, where that was later. */
  beforeBytes: number;
  /** At the end of the load; null where it was not read under load. */
  loadedBytes: number | null;
  /** When all clients had left; null where it was not read then. */
  settledBytes: number | null;
  /** What of it came under an even load; null where that is not worth a word. */
  evenBytesPerMinute: number | null;
  /** What all clients left behind; null where that is not worth a word. */
  keptBytes: number | null;
}

const NOTEWORTHY = { bytes: 32 * 1024 * 1024, share: 0.2 } as const;
const KEPT = { bytes: 64 * 1024 * 1024, bytesPerStream: 64 * 1024, share: 1 } as const;
const QUARTERS = 4;
const MINUTE_MS = 60_000;

export interface RiseOptions {
  /** When the load was complete: until then memory rises with the clients. */
  loadFromMs: number;
  /** Streams that were opened in the run. */
  streams: number;
}

/** Null where it did not rise by anything worth a word. */
export function noteworthyRise(server: ServerRecord, { loadFromMs, streams }: RiseOptions): Rise | null {
  const loaded = sizesOf([...server.samples, server.end]);
  const left = sizesOf([...server.settling, server.settled]);
  const before = sizesOf([server.baseline])[0] ?? loaded[0] ?? left[0];
  if (before === undefined) return null;
  const even = evenRise(loaded.filter(({ tMs }) => tMs >= loadFromMs));
  const keptBytes = (floorOf(left)?.bytes ?? before.bytes) - before.bytes;
  const isKept = keptBytes > Math.max(KEPT.bytes + streams * KEPT.bytesPerStream, before.bytes * KEPT.share);
  if (even === null && !isKept) return null;
  return {
    beforeBytes: before.bytes,
    loadedBytes: loaded.at(-1)?.bytes ?? null,
    settledBytes: left.at(-1)?.bytes ?? null,
    evenBytesPerMinute: even,
    keptBytes: isKept ? keptBytes : null,
  };
}

/** Bytes a minute between the floors of the first and the last quarter; null for a rise that is not worth a word. */
function evenRise(samples: readonly SizeSample[]): number | null {
  const quarters = lowerEnvelope(samples, QUARTERS);
  const first = quarters[0];
  const last = quarters.at(-1);
  if (first === undefined || last === undefined || last.tMs <= first.tMs) return null;
  const riseBytes = last.bytes - first.bytes;
  if (riseBytes <= Math.max(NOTEWORTHY.bytes, first.bytes * NOTEWORTHY.share)) return null;
  return (riseBytes * MINUTE_MS) / (last.tMs - first.tMs);
}

function floorOf(samples: readonly SizeSample[]): SizeSample | undefined {
  return lowerEnvelope(samples, 1)[0];
}

/** Only the readings that have a memory, in order of time. */
export function sizesOf(samples: readonly (ServerSample | null)[]): SizeSample[] {
  return samples.flatMap((sample) =>
    sample === null || sample.rssBytes === null ? [] : [{ tMs: sample.tMs, bytes: sample.rssBytes }],
  );
}
