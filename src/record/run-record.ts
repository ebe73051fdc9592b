/**
 * Everything that was measured in one run, before anybody judges it: what the verdict and the reports read.
 */
import type { AudienceOfUrl } from '../accounts/audience-record.ts';
import type { IncidentKind } from '../core/incidents.ts';
import type { StreamMarker } from '../core/stream-marker.ts';
import type { GeneratorReport } from '../measure/generator.ts';
import type { LeftBehind } from '../memory/kept-of-clients.ts';
import type { ServerRecord } from '../memory/server-memory.ts';
import type { LoadWorker } from './load-worker.ts';
import type { LostShard } from './lost-shard.ts';
import type { SeriesPoint } from './series-point.ts';
import type { Summary } from './summary.ts';

/** Something that the plan asked for and that took place. */
export interface StagedIncident {
  /** What it was. */
  kind: IncidentKind;
  /** When it began, in milliseconds since the load began. */
  tMs: number;
}

/** What the server was held to. */
export interface Expectations {
  heartbeatMs: number | null;
  heartbeatWithinMs: number | null;
  evictWithinMs: number;
}

/** A threshold that was to end the run when it breaks, and did. */
export interface EndedEarly {
  /** The threshold as it was given, without `abort`. */
  expression: string;
  /** What was measured then, in the metric's own unit. */
  actual: number;
  /** When the run was ended, in milliseconds since the load began. */
  tMs: number;
}

/** What a run loaded. */
export interface SoakTarget {
  /** URL of the stream; the first one where there are several. */
  url: string;
  /** Whether it was the server of the run's own. */
  embedded: boolean;
  /** Protocol of the streams: `http/1.1` or `h2`. */
  protocol: string;
  /** Processes of the server of the run's own, each with its own feed; the URL is that of the first. 1 elsewhere. */
  processes: number;
  /** URL of the proxy that the clients connect to; null where they connect directly. */
  proxy: string | null;
}

/** Clients that were refused by a server that had no place for them (503, 429) when others had left. */
export interface TurnedAway {
  /** When the first of them was refused, in the time of `series`. */
  fromMs: number;
  /** How many there were. */
  clients: number;
  /** Clients that had left before, for good or to come back. */
  leftBefore: number;
  /** The fewest streams that were open when one of them was refused, and the most that were open at once. */
  fewestOpen: number;
  mostOpen: number;
}

/** As many clients as were connected at once, or a part of them, when all had left. */
export interface WaveOfPlaces {
  clients: number;
  letIn: number;
  turnedAway: number;
}

/** Clients that came and went after those of the run, and what the server's memory did. */
export interface WaveOfMemory {
  /** What the run had left behind, when all its clients had left. */
  run: LeftBehind;
  /** What the wave left behind beside that. */
  wave: LeftBehind;
  /** It rose with these clients in an even line, beyond what garbage does. */
  rises: boolean;
}

export interface RunRecord {
  startedAt: string;
  durationMs: number;
  /** When the ramp was to be over, in the time of `series` and of the server's samples. */
  loadFromMs: number;
  interrupted: boolean;
  /** The threshold that ended the run before its time, and what was measured then; null when none did. */
  endedEarly: EndedEarly | null;
  target: SoakTarget;
  expectations: Expectations;
  /** What was to end each stream as planned; null where streams have no end. */
  until: StreamMarker | null;
  /** The HTTP method of the requests. */
  method: string;
  /** Longer lines and larger events were not read. */
  limits: { maxLineBytes: number; maxEventBytes: number };
  /** How long a client waited for a complete response head. */
  headersTimeoutMs: number;
  /** Clients that shared a connection: more than one over HTTP/2. */
  clientsPerConnection: number;
  /** Clients that the plan asked for. */
  planned: number;
  /** In the order in which they took place. */
  incidents: readonly StagedIncident[];
  /** Most streams open at once. */
  peakClients: number;
  summary: Summary;
  /** Largest amount that the kernels took for a stalled client before the server could know. */
  swallowedBytes: number;
  /** Who heard what, of each load process that knows. */
  audiences: readonly AudienceOfUrl[];
  eventsPerSecond: number;
  bytesPerSecond: number;
  /** Null where nobody was. */
  turnedAway: TurnedAway | null;
  /** Null where none was needed, or it could not be made. */
  waveOfPlaces: WaveOfPlaces | null;
  waveOfMemory: WaveOfMemory | null;
  server: ServerRecord;
  generator: GeneratorReport;
  /** Load processes that died: their clients were not judged. */
  lostShards: readonly LostShard[];
  /** The workers that ran the load processes; null where they ran on the machine of the run. */
  workers: readonly LoadWorker[] | null;
  /** What of the plan could not be done on this machine; null when all was. */
  degraded: string | null;
  series: SeriesPoint[];
}
