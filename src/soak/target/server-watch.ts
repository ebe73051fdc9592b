/**
 * Somebody who tells about a server that is not our own: a local process (server-process.ts) or a URL
 * (server-metrics.ts). Each looks once when it is opened, so that what cannot be read is said before any load.
 */
import type { ServerOrigin, ServerSample } from '../../memory/server-memory.ts';

export interface ServerWatch {
  readonly origin: ServerOrigin;
  /** Null: nothing could be read this time, a gap. Not more than one look is under way. */
  sample(tMs: number): Promise<ServerSample | null>;
  /** That the server ended, for a sentence that begins with "it"; null while it lives, as far as is known. */
  down(): string | null;
  stop(): Promise<void>;
}
