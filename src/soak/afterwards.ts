/** What a run does when its clients have left: it watches the server settle, and asks again what it could not tell. */
import type { ServePlan } from '../options/serve-options.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import type { ServerRecord } from '../memory/server-memory.ts';
import type { TurnedAway, WaveOfMemory, WaveOfPlaces } from '../record/run-record.ts';
import type { Summary } from '../record/summary.ts';
import { waveOfMemory, waveOfPlaces, type WaveOptions } from './second-wave.ts';
import { settle } from './settle.ts';
import type { Targets } from './target/target.ts';

export interface AfterwardsOptions extends WaveOptions {
  server: ServePlan | null;
  /** What the run has of the server so far. */
  seen: ServerRecord;
  /** What the clients of the run have heard. */
  summary: Summary;
  turnedAway: TurnedAway | null;
  /** The run came to its end: nobody waits for it to be over. */
  mayAskAgain: boolean;
  /** Time since the load began. */
  loadedMs(): number;
}

export interface Afterwards {
  server: Pick<ServerRecord, 'settling' | 'settled' | 'down'>;
  waveOfPlaces: WaveOfPlaces | null;
  waveOfMemory: WaveOfMemory | null;
}

/** For a server that is there. */
export async function afterwards(targets: Targets, options: AfterwardsOptions): Promise<Afterwards> {
  const [target] = targets;
  const { summary, turnedAway, seen, signal } = options;
  const streams = summary.total('connected') + summary.total('reconnects');
  const settled = await settle(target, { ...options, server: seen, streams });
  const down = await target.ended();
  const isThere = down === null && !signal.aborted;
  const server = { ...settled, down };
  if (!isThere || !options.mayAskAgain || !isFree(options.plan))
    return { server, waveOfPlaces: null, waveOfMemory: null };
  if (turnedAway !== null) {
    const first = { first: summary, mostOpen: turnedAway.mostOpen };
    return { server, waveOfPlaces: await waveOfPlaces(targets, first, options), waveOfMemory: null };
  }
  const first = { first: summary, server: { ...seen, ...server, process: target.process } };
  return { server, waveOfPlaces: null, waveOfMemory: await waveOfMemory(targets, first, options) };
}

/** A request changes nothing and costs nobody money, so that more of them may be sent than the plan says. */
function isFree({ profile, method }: SoakPlan): boolean {
  return profile === 'sse' && method === 'GET';
}
