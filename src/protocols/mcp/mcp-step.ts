/**
 * One step of a session of the Model Context Protocol as a request of HTTP, what comes back to it, and what that means
 * for the session.
 */
import type { RpcAnswer } from './mcp-message.ts';

/** The methods of JSON-RPC that a client sends; `response` answers a request of the server. */
export type PostStep = 'initialize' | 'notifications/initialized' | 'ping' | 'tools/list' | 'response';

export interface McpStep {
  /** `stream` is the GET of the server's own stream, `end` the DELETE of the session. */
  readonly name: PostStep | 'stream' | 'end';
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly accept: string;
  readonly body: string | null;
  /** The id under which JSON-RPC answers it; null where the status is the answer. */
  readonly id: number | null;
  /** The event id that the stream goes on behind; empty: from now on. */
  readonly lastEventId: string;
}

/** What came back to a step. */
export interface McpHeard {
  /** Null when no head came. */
  readonly status: number | null;
  /** The `Mcp-Session-Id` of the head. */
  readonly sessionId: string | undefined;
  /** The response under the id of the step; null where none came. */
  readonly answer: RpcAnswer | null;
}

/**
 * What an answer means for the session.
 *
 * - `taken`: it goes on. The head of a stream is judged by its client, as that of any stream.
 * - `no-stream`: the server has no stream of its own, as it may. The session is there all the same.
 * - `lost`: the server knows the session no more; `beginAnew` leads to another.
 * - `elsewhere`: the stream is redirected, and the session belongs to where it was opened.
 * - `older`: the server may speak the older transport ("Backwards Compatibility").
 * - `refused`: anything else, silence among it.
 */
export type McpMeaning = 'taken' | 'no-stream' | 'lost' | 'elsewhere' | 'older' | 'refused';

/** The head of a stream, as a session takes it: nothing else answers a GET. */
export function headed(status: number): McpHeard {
  return { status, sessionId: undefined, answer: null };
}
