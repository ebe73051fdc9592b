/** What the dashboard says of the server at one moment: the figures of a chart's point, and the lists of now. */
import { printable } from '../../core/printable.ts';
import type { ProcessFigures } from '../process-stats.ts';
import type { ClientDescription, ClientOrder, ComponentState, HubStats } from '../../hub/stats.ts';
import type { FaultLine, FiguresMessage, NowMessage } from './message.ts';

/** What a snapshot is taken of. */
export interface SnapshotSources {
  stream: { stats(): HubStats; describeClients(limit: number, order?: ClientOrder): ClientDescription[] };
  streamPath: string;
  faults: readonly FaultLine[];
  components(): Record<string, ComponentState>;
  processFigures(): ProcessFigures;
  isDraining(): boolean;
}

/** Which life of the server, and when. */
export interface Moment {
  lifeId: string;
  atMs: number;
}

/** 40 kilobytes a look; all that are in trouble are among them, unless there are more of these. */
const MAX_LISTED_CLIENTS = 200;

export function figuresOf(
  { stream, processFigures }: SnapshotSources,
  moment: Moment & { n: number; periodMs: number },
  published: FiguresMessage['published'],
): FiguresMessage {
  const { clients, evicted, expired, queuedBytes, events } = stream.stats();
  const {
    uptimeMs,
    memory: { rssBytes, heapUsedBytes },
    eventLoopDelayMs,
  } = processFigures();
  return {
    ...moment,
    uptimeMs,
    clients,
    evicted,
    expired,
    queuedBytes,
    events,
    // A chart has no place for what is not known.
    memory: { rssBytes: rssBytes ?? 0, heapUsedBytes },
    eventLoopDelayMs,
    published,
  };
}

export function nowOf(
  { stream, streamPath, faults, components, isDraining }: SnapshotSources,
  moment: Moment,
  connected: number,
): NowMessage {
  return {
    ...moment,
    streamPath,
    draining: isDraining(),
    components: components(),
    faults,
    connected,
    clients: stream
      .describeClients(MAX_LISTED_CLIENTS, 'worst')
      .map((client) => ({ ...client, userAgent: printable(client.userAgent) })),
  };
}
