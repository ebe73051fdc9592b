import { counted } from '../../core/units.ts';
import { type LostShard, lostPlace } from '../../record/lost-shard.ts';
import type { Detector } from '../finding.ts';

/** A load process died or stood still: what its clients saw is not known, so the whole cannot be judged. */
export const shardLost: Detector = {
  id: 'shard-lost',
  detect({ lostShards }) {
    const [first] = lostShards;
    if (first === undefined) return null;
    const clients = lostShards.reduce((sum, shard) => sum + shard.clients, 0);
    const names = lostShards.map((shard) => `${lostPlace(shard)} ${shard.reason}`);
    return {
      title: `The run lost ${counted(lostShards.length, 'load process')} with ${counted(clients, 'client')}: ${names.join('; ')}. ${kept(lostShards)}`,
      evidence: { clients, shards: lostShards },
    };
  },
};

/** What of them is in the figures of the run. */
function kept(shards: readonly LostShard[]): string {
  const events = shards.reduce((sum, shard) => sum + shard.events, 0);
  return events === 0
    ? 'Nothing that their clients received is in the figures.'
    : `The ${counted(events, 'event')} that their clients had received until shortly before are in the figures; what they missed is unknown.`;
}
