/** A load process that died before the end, or stood still, on the machine of the run or with one of its workers. */
export interface LostShard {
  shard: number;
  clients: number;
  /** Its process id, where it ran on the machine of the run. */
  pid: number | null;
  /** The worker that ran it; null where it ran on the machine of the run. */
  worker: string | null;
  /** Why it is lost, as the end of a sentence. */
  reason: string;
  /** Events that its clients had received when it last told; the figures of the run hold them. */
  events: number;
}

/** Where it ran, as the subject of a sentence. */
export function lostPlace({ shard, pid, worker }: Pick<LostShard, 'shard' | 'pid' | 'worker'>): string {
  return worker === null ? `process ${shard} (pid ${pid ?? 0})` : `shard ${shard} on worker ${worker}`;
}
