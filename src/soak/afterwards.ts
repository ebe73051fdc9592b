/** What a run does when its clients have left: it watches the server settle, and asks again what it could not tell. */
import type { ServePlan } from '../options/serve-options.ts';
import type { ServerRecord } from '../memory/server-memory.ts';
import type { TurnedAway, WaveOfPlaces } from '../record/run-record.ts';
import type { Summary } from '../record/summary.ts';
import type { WaveOptions } from './second-wave.ts';
import { waveOfPlaces } from './second-wave.ts';
import { settle } from './settle.ts';
import type { Targets } from './target/targets.ts';

export interface AfterwardsOptions extends WaveOptions {
  server: ServePlan | null;
  /** What the run has of the server so far. */
  seen: ServerRecord;
  /** What the clients of the run have heard. */
  summary: Summary;
  turnedAway: TurnedAway | null;
  /** Time since the load began. */
  loadedMs(): number;
}

export interface Afterwards {
  server: Pick<ServerRecord, 'settling' | 'settled' | 'down'>;
  waveOfPlaces: WaveOfPlaces | null;
}

/** For a server that is there. */
export async function afterwards(targets: Targets, options: AfterwardsOptions): Promise<Afterwards> {
  const [target] = targets;
  const { summary, turnedAway, seen, signal } = options;
  const streams = summary.total('connected') + summary.total('reconnects');
  const settled = await settle(target, { ...options, server: seen, streams });
  const down = await target.ended();
  const isOpen = turnedAway !== null && down === null && !signal.aborted;
  return {
    server: { ...settled, down },
    waveOfPlaces: isOpen
      ? await waveOfPlaces(targets, { first: summary, mostOpen: turnedAway.mostOpen }, options)
      : null,
  };
}
