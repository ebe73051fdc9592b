/** `POST /publish`: from a request to an event, or to the one sentence that says what is wrong with it. */
import type { IncomingMessage } from 'node:http';
import { BackplaneError, UsageError } from '../core/errors.ts';
import { isFields, parseJson } from '../core/json.ts';
import type { ErrorAnswer } from './answer.ts';
import { readBody } from './request-body.ts';

interface PublishRequest {
  event?: string;
  data: string;
  id?: string;
  /** Id of the one client that gets the event; absent for all clients. */
  clientId?: string;
}

/** What the event is published to. */
export interface RequestTarget {
  publish(event: { event?: string; data: string; id?: string }): string | Promise<string>;
  isHere(clientId: string): boolean;
  send(clientId: string, event: { event?: string; data: string }): boolean;
}

const MAX_BODY_BYTES = 1024 * 1024;
const BODY_TIMEOUT_MS = 10_000;
const RETRY_AFTER_S = '2';
const FIELDS = ['event', 'data', 'id', 'clientId'] as const;

/**
 * Publishes what the request asks for. Resolves with the event's id or the client that has it, with a refusal,
 * or with null when the sender left.
 */
export async function publishFrom(
  req: IncomingMessage,
  target: RequestTarget,
): Promise<{ published: { id: string } | { clientId: string } } | ErrorAnswer | null> {
  // Only JSON: a form of any page on the web can send the other types without asking first (CSRF).
  if (!/^application\/json *(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    return {
      statusCode: 415,
      error: 'unsupported-media-type',
      message: 'send JSON, with Content-Type: application/json',
    };
  }
  const body = await readBody(req, { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  switch (body.kind) {
    case 'gone':
      return null;
    case 'too-large':
      return {
        statusCode: 413,
        error: 'too-large',
        message: `the body is larger than ${MAX_BODY_BYTES} bytes; publish a link to the data instead`,
      };
    case 'too-slow':
      return { statusCode: 408, error: 'too-slow', message: `the body did not arrive within ${BODY_TIMEOUT_MS} ms` };
    case 'not-utf8':
      return badRequest('the body is not UTF-8');
    case 'text': {
      const asked = parsed(body.text);
      if (typeof asked === 'string') return badRequest(asked);
      try {
        return await handOver(asked, target);
      } catch (error) {
        if (error instanceof UsageError) return badRequest(error.message);
        if (error instanceof BackplaneError) return notShared(error);
        throw error;
      }
    }
  }
}

/** @throws {UsageError} for an event that cannot be encoded, {BackplaneError} for one that is not published */
async function handOver(
  { clientId, ...event }: PublishRequest,
  target: RequestTarget,
): Promise<{ published: { id: string } | { clientId: string } } | ErrorAnswer> {
  if (clientId === undefined) return { published: { id: await target.publish(event) } };
  if (event.id !== undefined)
    return badRequest(
      'an event for one client cannot have an id: it is not kept, but the client would resume after it',
    );
  if (!target.isHere(clientId))
    return {
      statusCode: 404,
      error: 'no-such-client',
      message: 'no such client; GET /clients lists the connected clients',
    };
  if (target.send(clientId, event)) return { published: { clientId } };
  return {
    statusCode: 409,
    error: 'no-room',
    message: 'the queue of that client is full; try again later',
  };
}

/** Only what is surely not published is asked to be sent again: it would come twice. */
function notShared({ message, isUnsure }: BackplaneError): ErrorAnswer {
  return isUnsure
    ? { statusCode: 504, error: 'unconfirmed', message }
    : { statusCode: 503, error: 'backplane-lost', message, headers: { 'Retry-After': RETRY_AFTER_S } };
}

function badRequest(message: string): ErrorAnswer {
  return { statusCode: 400, error: 'bad-request', message };
}

/** What is wrong, or the event. */
function parsed(text: string): PublishRequest | string {
  const value = parseJson(text);
  if (value === undefined) return 'the body is not JSON';
  const known = FIELDS.join(', ');
  if (!isFields(value)) return `the body must be an object with data and, optionally, ${known.replace('data, ', '')}`;
  const unknown = Object.keys(value).find((key) => !(FIELDS as readonly string[]).includes(key));
  if (unknown !== undefined) return `unknown field ${JSON.stringify(unknown.slice(0, 60))}; use ${known}`;
  if (typeof value['data'] !== 'string') return 'data must be a string (encode objects as JSON yourself)';
  const wrong = FIELDS.find((name) => value[name] !== undefined && typeof value[name] !== 'string');
  return wrong === undefined ? (value as unknown as PublishRequest) : `${wrong} must be a string`;
}
