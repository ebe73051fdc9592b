/** The record of a run together with what is concluded from it once, for all that judge it. */
import type { Structure } from '../accounts/audience-structure.ts';
import { structuresOf, targetsApart, type TargetsApart } from '../accounts/target-audiences.ts';
import type { Rise } from '../memory/rise.ts';
import {
  emptySample,
  emptyServerRecord,
  NO_ORIGIN,
  type ServerRecord,
  type ServerSample,
} from '../memory/server-memory.ts';
import type { Growth } from '../memory/trend.ts';
import type { RunRecord } from '../record/run-record.ts';
import { growthAlone, growthOfRun, riseOfRun, risesWithinGarbage } from './growth-of-run.ts';

export interface JudgedRun extends RunRecord {
  /** The trend of the server's memory under load, or what it did when all clients had left. */
  readonly growth: Growth;
  /** The growth is that of a server without clients: the load was too short for a trend. */
  readonly growsAlone: boolean;
  /** The server's memory rises as a leak does, but no further yet than garbage that has not been collected. */
  readonly risesWithinGarbage: boolean;
  /** By how much the server's memory rose, where that is worth a word. */
  readonly rise: Rise | null;
  /** How the events of each URL reach its clients, where that is known. */
  readonly structures: readonly Structure[];
  /** How the clients of several URLs differ in what they hear; null where they do not, or nobody can tell. */
  readonly targetsApart: TargetsApart | null;
}

export function judgedRun(record: RunRecord): JudgedRun {
  const run = { ...record, server: judgedServer(record.server) };
  const trend = growthOfRun(run);
  const alone = trend.verdict === 'inconclusive' ? growthAlone(run) : null;
  return {
    ...run,
    growth: alone ?? trend,
    growsAlone: alone !== null,
    risesWithinGarbage: alone === null && risesWithinGarbage(run, trend),
    rise: riseOfRun(run),
    structures: structuresOf(run.audiences),
    // The processes of a server of the run's own are feeds of their own by design.
    targetsApart: run.target.processes > 1 ? null : targetsApart(run.audiences),
  };
}

/** The memory of a proxy is not the server's: reports show it, and nobody judges it. A count of clients is no memory. */
function judgedServer(server: ServerRecord): ServerRecord {
  if (server.process?.isProxy !== true) return server;
  const { process, down, clientCount, end, settled } = server;
  return {
    ...emptyServerRecord(NO_ORIGIN),
    process,
    down,
    clientCount,
    end: countOnly(end),
    settled: countOnly(settled),
  };
}

function countOnly(sample: ServerSample | null): ServerSample | null {
  if (sample === null || sample.clients === null) return null;
  return { ...emptySample(sample.tMs), clients: sample.clients };
}
