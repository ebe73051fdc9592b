/** `POST /publish`: from a request to an event, or to the one sentence that says what is wrong with it. */
import type { IncomingMessage } from 'node:http';
import { UsageError } from '../core/errors.ts';
import type { Refusal } from './answer.ts';
import { readBody } from './request-body.ts';

export interface PublishRequest {
  event?: string;
  data: string;
  id?: string;
}

const MAX_BODY_BYTES = 1024 * 1024;
const BODY_TIMEOUT_MS = 10_000;
const FIELDS = ['event', 'data', 'id'];

/** Publishes what the request asks for. Resolves with the event's id, a refusal, or null when the sender left. */
export async function publishFrom(req: IncomingMessage, publish: (event: PublishRequest) => string): Promise<{ id: string } | Refusal | null> {
  // Only JSON: a form of any page on the web can send the other types without asking first (CSRF).
  if (!/^application\/json *(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    return { statusCode: 415, error: 'unsupported-media-type', message: 'send JSON, with Content-Type: application/json' };
  }
  const body = await readBody(req, { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  switch (body.kind) {
    case 'gone':
      return null;
    case 'too-large':
      return { statusCode: 413, error: 'too-large', message: `at most ${MAX_BODY_BYTES} bytes` };
    case 'too-slow':
      return { statusCode: 408, error: 'too-slow', message: `the body did not come within ${BODY_TIMEOUT_MS} ms` };
    case 'not-utf8':
      return badRequest('the body is not UTF-8');
    case 'text': {
      const asked = parsed(body.text);
      if (typeof asked === 'string') return badRequest(asked);
      try {
        return { id: publish(asked) };
      } catch (error) {
        if (error instanceof UsageError) return badRequest(error.message);
        throw error;
      }
    }
  }
}

function badRequest(message: string): Refusal {
  return { statusCode: 400, error: 'bad-request', message };
}

/** What is wrong, or the event. */
function parsed(text: string): PublishRequest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'the body is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the body must be an object: {"event", "data", "id"}';
  const unknown = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) return `unknown field ${JSON.stringify(unknown.slice(0, 60))}; known are ${FIELDS.join(', ')}`;
  const { event, data, id } = value as Record<string, unknown>;
  if (typeof data !== 'string') return 'data must be a string (encode objects as JSON yourself)';
  if (event !== undefined && typeof event !== 'string') return 'event must be a string';
  if (id !== undefined && typeof id !== 'string') return 'id must be a string';
  return { data, ...(event === undefined ? {} : { event }), ...(id === undefined ? {} : { id }) };
}
