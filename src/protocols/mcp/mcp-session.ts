/**
 * What a client of the Model Context Protocol keeps from one connection to the next, and what its connections need of
 * the load process that they are part of.
 */
import { type Fields, SESSION_ID } from './mcp-message.ts';
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
  /** Left as a client does that dies. */
  abandoned(): void;
}

/** Of one client; outlives its connections. */
export class McpSession {
  id: string | null = null;
  protocolVersion: string | null = null;
  /** The server has been told that its answer to `initialize` was heard. */
  stands = false;
  /** The last event id of a session before this one: means nothing in this one. */
  foreignEventId = '';
  hasNoStream = false;
  /** Asks on where there is no stream. */
  readonly asksOn: boolean;
  private lastId = 0;

  constructor(asksOn: boolean) {
    this.asksOn = asksOn;
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  introduced({ protocolVersion }: Fields, sessionId: string | undefined): void {
    this.protocolVersion = typeof protocolVersion === 'string' ? protocolVersion : null;
    this.id = sessionId !== undefined && SESSION_ID.test(sessionId) ? sessionId : null;
  }

  forget(lastEventId: string): void {
    this.id = null;
    this.protocolVersion = null;
    this.stands = false;
    this.foreignEventId = lastEventId;
  }
}

export interface McpRequest extends StreamRequest {
  session: McpSession;
  lastEventId: string;
}

/** Who asks on. */
export interface PingTurn {
  ping(): void;
}

/** One request of a session. */
export interface SessionAsk {
  method: string;
  accept: string;
  body: string | null;
  lastEventId?: string;
}

/** What all streams of a load process share. */
export interface McpHost {
  readonly transport: Transport;
  readonly observer: McpObserver;
  /** Of sse-probe. */
  readonly version: string;
  nowMs(): number;
  /** The request of a session, as bytes. */
  bytes(session: McpSession, ask: SessionAsk): Uint8Array;
  /** Let `stream.ping()` be called every few seconds, until `rest`. */
  tick(stream: PingTurn): void;
  rest(stream: PingTurn): void;
}
