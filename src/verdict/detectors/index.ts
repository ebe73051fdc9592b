/** All detectors, in the order in which findings are reported: what explains most comes first. */
import { PROFILES } from '../../protocols/profiles.ts';
import type { Detector } from '../finding.ts';
import { bufferedStream } from './buffered-stream.ts';
import { clientDropped } from './client-dropped.ts';
import { clientLeak } from './client-leak.ts';
import { compressedStream } from './compressed-stream.ts';
import { connectRefused } from './connect-refused.ts';
import { eventDuplicated, eventLost, eventReordered, resumeDuplicated } from './event-order.ts';
import { generatorSaturated } from './generator-saturated.ts';
import { headOfLineBlocking } from './head-of-line-blocking.ts';
import { heartbeatLate } from './heartbeat-late.ts';
import { heartbeatMissing } from './heartbeat-missing.ts';
import { idleCut } from './idle-cut.ts';
import { lateHeaders } from './late-headers.ts';
import { malformedStream } from './malformed-stream.ts';
import { memoryGrowth } from './memory-growth.ts';
import { memoryRetained } from './memory-retained.ts';
import { noEventIds } from './no-event-ids.ts';
import { noEvents } from './no-events.ts';
import { notEventStream } from './not-event-stream.ts';
import { notMeasured } from './not-measured.ts';
import { oversizeEvent } from './oversize-event.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { resumeLost } from './resume-lost.ts';
import { shardLost } from './shard-lost.ts';
import { silentStream } from './silent-stream.ts';
import { slowClientEvicted } from './slow-client-evicted.ts';
import { staleClientKept } from './stale-client-kept.ts';
import { targetDown } from './target-down.ts';
import { targetsDiffer } from './targets-differ.ts';

export const detectors: readonly Detector[] = [
  targetDown,
  notEventStream,
  malformedStream,
  oversizeEvent,
  connectRefused,
  generatorSaturated,
  shardLost,
  idleCut,
  clientDropped,
  ...Object.values(PROFILES).flatMap(({ detectors }) => detectors),
  reconnectStorm,
  noEvents,
  silentStream,
  targetsDiffer,
  eventLost,
  eventDuplicated,
  eventReordered,
  resumeLost,
  resumeDuplicated,
  headOfLineBlocking,
  bufferedStream,
  heartbeatMissing,
  heartbeatLate,
  staleClientKept,
  slowClientEvicted,
  clientLeak,
  memoryGrowth,
  memoryRetained,
  lateHeaders,
  compressedStream,
  noEventIds,
  notMeasured,
];
