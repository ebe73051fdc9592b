/**
 * What the clients of a load process with sessions share: the transport to their server, the clock, the turns of those
 * that ask on, and who is told what became of sessions.
 */
import type { McpSession } from './mcp-session.ts';
import type { McpStep } from './mcp-step.ts';
import type { StreamRequest, Transport } from '../../wire/transport.ts';

/** Who is told what became of sessions. */
export interface McpObserver {
  /** @param initializeMs from the request to its answer */
  opened(initializeMs: number): void;
  /** A request of the dialogue failed. @param refused the server answered, and would not */
  failed(step: string, why: string, refused: boolean): void;
  /** The server knew a session no more (404). */
  expired(): void;
  /** A session whose server has no stream of its own. */
  streamless(): void;
  pinged(tookMs: number): void;
  /** DELETE was sent. @param done the server did it */
  ended(done: boolean): void;
  /** Its client left it behind, as a client does that dies. */
  abandoned(): void;
}

/** One attempt of a client to come to its stream. */
export interface McpRequest extends StreamRequest {
  session: McpSession;
  lastEventId: string;
}

/** A client that asks `ping` when its turn has come. */
export interface PingTurn {
  ping(): void;
}

export interface McpHost {
  readonly transport: Transport;
  readonly observer: McpObserver;
  nowMs(): number;
  /** The bytes of one step of a session. */
  bytes(session: McpSession, step: McpStep): Uint8Array;
  /** Has `stream.ping()` called every few seconds, until `rest`. */
  tick(stream: PingTurn): void;
  rest(stream: PingTurn): void;
}
