/**
 * What a client of the Model Context Protocol keeps from one connection to the next, and what its connections need of
 * the load process that they are part of.
 */
import type { JsonFields } from '../../core/json.ts';
import {
  initializeParams,
  mcpHeaders,
  PROTOCOL_VERSION_TEXT,
  rpcNotification,
  rpcRequest,
  SESSION_ID,
} from './mcp-message.ts';
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

type Headers = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * The client's side of one session, which outlives its connections: what is said in it and under which header fields.
 * A probe and the clients of a soak hold the same dialogue through it; each has its own way to send what it says.
 */
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

  /** Begins a session. @param version of sse-probe: clients introduce themselves */
  initialize(version: string): McpMessage {
    return this.request('initialize', initializeParams(version));
  }

  /** What the server is told once it has answered `initialize`; it is to take that with 202 and no body. */
  initialized(): string {
    return rpcNotification('notifications/initialized');
  }

  request(method: string, params?: JsonFields): McpMessage {
    this.lastId += 1;
    return { id: this.lastId, method, body: rpcRequest(this.lastId, method, params) };
  }

  /** The header fields of any request of the session. @param given by the user */
  headers(given: Headers, accept: string, withBody: boolean): Headers {
    const { id: sessionId, protocolVersion } = this;
    return mcpHeaders({ headers: given, accept, withBody, sessionId, protocolVersion });
  }

  /** The server has answered `initialize`. What cannot go back in a header field is not kept. */
  introduced({ protocolVersion }: JsonFields, sessionId: string | undefined): void {
    this.protocolVersion =
      typeof protocolVersion === 'string' && PROTOCOL_VERSION_TEXT.test(protocolVersion) ? protocolVersion : null;
    this.id = sessionId !== undefined && SESSION_ID.test(sessionId) ? sessionId : null;
  }

  forget(lastEventId: string): void {
    this.id = null;
    this.protocolVersion = null;
    this.stands = false;
    this.foreignEventId = lastEventId;
  }
}

/** A request of JSON-RPC, and the id under which it is answered. */
export interface McpMessage {
  id: number;
  method: string;
  body: string;
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
