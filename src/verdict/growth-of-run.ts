/**
 * The growth of the server's memory over one run.
 *
 * Resident memory is what is judged, since every source tells it, it is what an operator pays for, and a leak
 * outside of a managed heap shows nowhere else. But a runtime lets garbage lie: measured on Node 20, a sound
 * server's resident memory rises by 1 to 5 % a minute in an even line for minutes, until the first collection of
 * its old generation. So where garbage could be collected on demand, once when the load was warm and once at its
 * end, what is in use at these two times has to have grown as well; if it has not, there is no leak, whatever
 * the resident memory does. Where nobody can ask for a collection, more has to rise than garbage does.
 *
 * A server that was restarted is judged from its last start on.
 */
import type { RunRecord } from '../record/run-record.ts';
import { inUseBytes, restartsMs, type ServerRecord } from '../memory/server-memory.ts';
import { type Growth, growthOf, type SizeSample } from '../memory/trend.ts';

/** The load counts as complete with this share of its clients: a few come late or are on their way back. */
const COMPLETE_SHARE = 0.95;
const MINUTE_MS = 60_000;

export function growthOfRun(record: RunRecord): Growth {
  const growth = trendOf(record, isUncollected(record.server));
  const inUse = inUseBytesPerMinute(record.server);
  if (growth.limitBytesPerMinute === null || inUse === null || inUse > growth.limitBytesPerMinute) return growth;
  return { ...growth, verdict: 'pass' };
}

/**
 * It rises as a leak does, but no further yet than garbage that has not been collected.
 *
 * @param growth of `growthOfRun`
 */
export function risesWithinGarbage(record: RunRecord, { verdict }: Growth): boolean {
  return isUncollected(record.server) && verdict === 'inconclusive' && trendOf(record, false).verdict === 'fail';
}

/** Only our own server collects its garbage when it is asked to, and a new life of it was not asked when warm. */
function isUncollected(server: ServerRecord): boolean {
  return server.source === 'pid' || server.source === 'metrics' || restartsMs(server).length > 0;
}

function trendOf(record: RunRecord, mayBeGarbage: boolean): Growth {
  const startedMs = restartsMs(record.server).at(-1) ?? Number.NEGATIVE_INFINITY;
  const samples: SizeSample[] = [];
  for (const { tMs, rssBytes } of record.server.samples) {
    if (rssBytes !== null && tMs >= startedMs) samples.push({ tMs, bytes: rssBytes });
  }
  return growthOf(samples, { loadFromMs: Math.max(completeFromMs(record), startedMs), mayBeGarbage });
}

/** How long the load lasted from the end of the ramp. */
export function loadMs({ series, loadFromMs }: RunRecord): number {
  return Math.max(0, (series.at(-1)?.tMs ?? 0) - loadFromMs);
}

/** While clients still come, memory grows with them: a server that is slow to accept stretches the ramp. */
function completeFromMs({ series, loadFromMs, peakClients }: RunRecord): number {
  const complete = series.find(({ clients }) => clients >= peakClients * COMPLETE_SHARE);
  return Math.max(loadFromMs, complete?.tMs ?? 0);
}

/** Between the two collections; null where there were none, or of two lives. */
function inUseBytesPerMinute({ warm, end }: ServerRecord): number | null {
  const before = inUseBytes(warm);
  const after = inUseBytes(end);
  if (
    warm === null ||
    end === null ||
    warm.life !== end.life ||
    before === null ||
    after === null ||
    end.tMs <= warm.tMs
  )
    return null;
  return ((after - before) * MINUTE_MS) / (end.tMs - warm.tMs);
}
