/**
 * The request for an answer of a language model, as OpenAI's API has it and many after it: chat completions, the older
 * completions and responses, told apart by the end of the path.
 *
 * What the user wrote goes as it is; without a body it is one short question, so that an answer costs next to nothing.
 */
import { UsageError } from '../../core/errors.ts';

const PROMPT = 'Count from one to twenty in words.';
const MAX_TOKENS = 200;
/** The cheap model that every copy of the API knows, or does not look at. */
const MODEL = 'gpt-4o-mini';

export interface AnswerRequest {
  method: string;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: string;
}

export interface WantedAnswer {
  /** The path of the URL, without its query. */
  path: string;
  /** Null: the method that the API takes. */
  method: string | null;
  headers: AnswerRequest['headers'];
  /** Null: a question of our own. */
  body: string | null;
}

/** @throws {UsageError} when the body does not ask for a stream, or the method cannot carry one */
export function answerRequest({ path, method, headers, body }: WantedAnswer): AnswerRequest {
  if (method !== null && method !== 'POST') {
    throw new UsageError(`the openai profile sends POST, not ${method}`, { hint: 'Remove --method.' });
  }
  if (body !== null) checkBody(body);
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method: 'POST',
    body: body ?? JSON.stringify(defaultBody(path)),
    headers: hasType ? headers : [...headers, ['Content-Type', 'application/json']],
  };
}

function checkBody(body: string): void {
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch (error) {
    throw new UsageError(`the body is not JSON (${(error as Error).message})`, {
      hint: 'Give the complete request, such as {"model":"…","stream":true,"messages":[…]}.',
    });
  }
  if ((fields as { stream?: unknown } | null)?.stream !== true) {
    throw new UsageError('the body does not request a stream', { hint: 'Add "stream": true to it.' });
  }
}

function defaultBody(path: string): Record<string, unknown> {
  const asks = { model: MODEL, stream: true };
  if (/\/responses\/?$/.test(path)) return { ...asks, input: PROMPT, max_output_tokens: MAX_TOKENS };
  const counted = { ...asks, max_tokens: MAX_TOKENS, stream_options: { include_usage: true } };
  const isOlder = /\/completions\/?$/.test(path) && !/\/chat\/completions\/?$/.test(path);
  return isOlder ? { ...counted, prompt: PROMPT } : { ...counted, messages: [{ role: 'user', content: PROMPT }] };
}
