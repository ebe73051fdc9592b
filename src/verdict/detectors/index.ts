/** All detectors, in the order in which findings are reported: what explains most comes first. */
import type { Detector } from '../finding.ts';
import { clientDropped } from './client-dropped.ts';
import { clientLeak } from './client-leak.ts';
import { connectRefused } from './connect-refused.ts';
import { eventDuplicated, eventLost, eventReordered, resumeDuplicated, resumeLost } from './event-order.ts';
import { generatorSaturated } from './generator-saturated.ts';
import { heartbeatLate } from './heartbeat-late.ts';
import { heartbeatMissing } from './heartbeat-missing.ts';
import { memoryGrowth } from './memory-growth.ts';
import { memoryRetained } from './memory-retained.ts';
import { notEventStream } from './not-event-stream.ts';
import { notMeasured } from './not-measured.ts';
import { shardLost } from './shard-lost.ts';
import { slowClientEvicted } from './slow-client-evicted.ts';
import { staleClientKept } from './stale-client-kept.ts';
import { targetDown } from './target-down.ts';

export const detectors: readonly Detector[] = [
  targetDown, notEventStream, connectRefused, generatorSaturated, shardLost,
  clientDropped, eventLost, eventDuplicated, eventReordered, resumeLost, resumeDuplicated,
  heartbeatMissing, heartbeatLate, staleClientKept, slowClientEvicted, clientLeak, memoryGrowth, memoryRetained,
  notMeasured,
];
