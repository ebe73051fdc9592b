/**
 * JSON-RPC as the Model Context Protocol speaks it: what a client says, and which of what came back answers it.
 */
import { printable } from '../../core/printable.ts';
import type { SseEvent } from '../../sse/handlers.ts';
import { mediaType } from './exchange.ts';
import type { Reply } from './profile.ts';

/** The latest that is spoken here; the server answers with the one that is used (MCP 2025-11-25, "Version Negotiation"). */
export const PROTOCOL_VERSION = '2025-11-25';
const SHOWN_CHARACTERS = 160;

export type Fields = Readonly<Record<string, unknown>>;

/** `result` or `error` of a response. */
export type RpcAnswer = { result: Fields } | { error: string };

export function rpcRequest(id: number, method: string, params: Fields = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function rpcNotification(method: string): string {
  return JSON.stringify({ jsonrpc: '2.0', method });
}

export function initializeParams(version: string): Fields {
  return { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo: { name: 'sse-probe', version } };
}

/** The answer to `id` in one message, or in a batch of them (as until 2025-03-26); null when it is none. */
export function answerIn(data: string, id: number): RpcAnswer | null {
  const message = parsed(data);
  for (const one of Array.isArray(message) ? message : [message]) {
    if (!isFields(one) || one['id'] !== id) continue;
    if (isFields(one['error'])) return { error: printable(`${String(one['error']['message'])} (${String(one['error']['code'])})`, SHOWN_CHARACTERS) };
    if (isFields(one['result'])) return { result: one['result'] };
  }
  return null;
}

/** Whether a message is a response to `id`: what a stream that answers a request is read for. */
export function answers(id: number): (event: SseEvent) => boolean {
  return ({ data }) => answerIn(data, id) !== null;
}

/** The answer in what came back to a POST, which may be JSON or a stream; null where there is none. */
export function answerOf(reply: Reply, id: number): RpcAnswer | null {
  for (const { data } of reply.events) {
    const answer = answerIn(data, id);
    if (answer !== null) return answer;
  }
  return reply.head !== null && mediaType(reply.head) === 'application/json' ? answerIn(reply.body, id) : null;
}

/** What is wrong with a reply, for people. */
export function troubleOf({ head, cause, detail, body }: Reply): string {
  if (head === null) return `no answer (${cause}: ${printable(detail, SHOWN_CHARACTERS)})`;
  if (head.statusCode !== 200) return `status ${head.statusCode}${body === '' ? '' : `, ${printable(errorIn(body), SHOWN_CHARACTERS)}`}`;
  if (cause === 'closed-by-us') return 'no answer in time';
  return `an answer (${printable(mediaType(head) || 'no content-type', 60)}) without the response in it (${cause})`;
}

function errorIn(body: string): string {
  const message = parsed(body);
  const error = isFields(message) ? message['error'] : null;
  return isFields(error) && typeof error['message'] === 'string' ? error['message'] : body;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The first event of an answer is empty (2025-11-25, "Sending Messages to the Server"), and servers may send what they like.
    return null;
  }
}
