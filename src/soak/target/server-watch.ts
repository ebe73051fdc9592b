/**
 * Who tells about a server that is not our own: a local process that was named (server-process.ts) or found by its port
 * (found-server.ts), or a URL (server-metrics.ts). Each looks once when it is opened, so that what cannot be read is said
 * before any load.
 */
import type { ServerOrigin, ServerSample, WatchedProcess } from '../../memory/server-memory.ts';

export interface ServerWatch {
  readonly origin: ServerOrigin;
  /** The process that is watched now; null where none is. */
  readonly process: WatchedProcess | null;
  /** Null: nothing could be read this time, a gap. Not more than one look is under way. */
  sample(tMs: number): Promise<ServerSample | null>;
  /** That the server ended for good, for a sentence that begins with "it"; null while it lives, as far as is known. */
  down(): string | null;
  /** As `down`, once the load is over: also that it ended and nothing has taken its place. */
  ended(): Promise<string | null>;
  stop(): Promise<void>;
}
