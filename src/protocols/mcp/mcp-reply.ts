/**
 * What a reply says in JSON-RPC: where the answer to a request is in it, and what is wrong where there is none.
 */
import { printable } from '../../core/printable.ts';
import type { SseEvent } from '../../sse/handlers.ts';
import type { Reply } from '../exchange.ts';
import { mediaTypeOf } from '../../wire/media-type.ts';
import { answerIn, errorIn, type RpcAnswer } from './mcp-message.ts';
import type { McpHeard } from './mcp-step.ts';

const SHOWN_CHARACTERS = 160;

/** Whether a message answers `id`: what a stream that answers a POST is read for. Undefined where nothing does. */
export function answers(id: number | null): ((event: SseEvent) => boolean) | undefined {
  return id === null ? undefined : ({ data }) => answerIn(data, id) !== null;
}

/** The answer in what came back to a POST, which may be JSON or a stream; null where there is none. */
export function answerOf(reply: Reply, id: number | null): RpcAnswer | null {
  if (id === null) return null;
  for (const { data } of reply.events) {
    const answer = answerIn(data, id);
    if (answer !== null) return answer;
  }
  return reply.head !== null && mediaTypeOf(reply.head) === 'application/json' ? answerIn(reply.body, id) : null;
}

/** A reply as a session takes it. */
export function heardIn({ head }: Reply, answer: RpcAnswer | null): McpHeard {
  return { status: head?.statusCode ?? null, sessionId: head?.headers.get('mcp-session-id'), answer };
}

/** What is wrong with a reply, for people. */
export function troubleOf({ head, cause, detail, body }: Reply): string {
  if (head === null) return `no response (${cause}: ${printable(detail, SHOWN_CHARACTERS)})`;
  if (head.statusCode !== 200)
    return `status ${head.statusCode}${body === '' ? '' : `, ${printable(errorIn(body), SHOWN_CHARACTERS)}`}`;
  if (cause === 'closed-by-us') return 'no response in time';
  return `an HTTP response (${printable(mediaTypeOf(head) || head.headers.get('content-type') || 'no content-type', 60)}) without the JSON-RPC response (${cause})`;
}
