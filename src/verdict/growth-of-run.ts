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
 * A server that was restarted is judged from its last start on. A runtime that may let its heap fill up to a limit
 * (Java) is never failed by its resident memory.
 *
 * In a load that is too short for a trend, what goes on rising when all clients have left is judged all the same.
 */
import type { RunRecord } from '../record/run-record.ts';
import { growthWithoutClients } from '../memory/growth-without-clients.ts';
import { noteworthyRise, type Rise, sizesOf } from '../memory/rise.ts';
import { inUseBytes, restartsMs, type ServerRecord } from '../memory/server-memory.ts';
import { type Growth, growthOf } from '../memory/trend.ts';

/** The load counts as complete with this share of its clients: a few come late or are on their way back. */
const COMPLETE_SHARE = 0.95;
const MINUTE_MS = 60_000;

/** What the growth of the memory is judged by, at the end of a run and while it goes on. */
type MemoryOfRun = Pick<RunRecord, 'series' | 'loadFromMs' | 'peakClients' | 'server'>;

export function growthOfRun(record: MemoryOfRun): Growth {
  const growth = trendOf(record, isUncollected(record.server));
  if (growth.verdict === 'fail' && isLazy(record.server)) return { ...growth, verdict: 'inconclusive' };
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

/**
 * It rose under load and went on when all had left, where the trend says nothing; null where that is not so, or may be
 * garbage.
 */
export function growthAlone(record: RunRecord): (Growth & { verdict: 'fail' }) | null {
  const { server } = record;
  if (!isUncollected(server) || isLazy(server) || server.down !== null) return null;
  const { samples, settling } = sinceLastStart(server);
  return growthWithoutClients(sizesOf(samples), sizesOf(settling), { loadFromMs: completeFromMs(record) });
}

/** What the memory did in the last life of the server, where that is worth a word. */
export function riseOfRun(record: RunRecord): Rise | null {
  const { summary } = record;
  return noteworthyRise(sinceLastStart(record.server), {
    loadFromMs: completeFromMs(record),
    streams: summary.total('connected') + summary.total('reconnects'),
  });
}

function sinceLastStart(server: ServerRecord): ServerRecord {
  const startedMs = restartsMs(server).at(-1);
  if (startedMs === undefined) return server;
  return { ...server, baseline: null, samples: server.samples.filter(({ tMs }) => tMs >= startedMs) };
}

function isLazy({ process: watched }: ServerRecord): boolean {
  return watched !== null && watched.lazyRuntime !== null;
}

/** Only our own server collects its garbage when it is asked to, and a new life of it was not asked when warm. */
function isUncollected(server: ServerRecord): boolean {
  return server.source === 'pid' || server.source === 'metrics' || restartsMs(server).length > 0;
}

function trendOf(record: MemoryOfRun, mayBeGarbage: boolean): Growth {
  const { samples } = sinceLastStart(record.server);
  return growthOf(sizesOf(samples), { loadFromMs: completeFromMs(record), mayBeGarbage });
}

/** How long the load lasted from the end of the ramp. */
export function loadMs({ series, loadFromMs }: RunRecord): number {
  return Math.max(0, (series.at(-1)?.tMs ?? 0) - loadFromMs);
}

/**
 * While clients still come, memory grows with them: a server that is slow to accept stretches the ramp, and one that was
 * restarted begins anew.
 */
function completeFromMs({ series, loadFromMs, peakClients, server }: MemoryOfRun): number {
  const complete = series.find(({ clients }) => clients >= peakClients * COMPLETE_SHARE);
  return Math.max(loadFromMs, complete?.tMs ?? 0, restartsMs(server).at(-1) ?? 0);
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
