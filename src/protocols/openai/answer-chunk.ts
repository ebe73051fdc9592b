/**
 * One event of an answer that a language model streams → what of it is text, and what says how the answer goes.
 *
 * Three dialects are read, without being told which: chat completions (`choices[].delta`), the older completions
 * (`choices[].text`) and responses (`type: response.….delta`), as OpenAI and those who copy it send them. All that the
 * model says counts as text: what a reader sees, what it thinks aloud, refusals, the arguments of its tool calls.
 */
import { isFields, parseJson, type JsonFields } from '../../core/json.ts';

/** How many tokens a piece of text carries, and how that is known. */
export interface AnswerChunk {
  /** Empty where the event carries none, as the first one does that names the role only. */
  text: string;
  /** The number by the server's pieces of this chunk (`logprobs`); null where it sends none. */
  tokens: number | null;
  /** Some of the text is what the model thinks aloud. */
  isThought: boolean;
  /** The number that the server gives for the whole answer (`usage`); null where it gives none. */
  totalTokens: number | null;
  /** The tokens among them that the model thought: OpenAI counts them, and does not send them. */
  thoughtTokens: number;
  /** Why the model stopped, in the server's words: `stop`, `length`, `tool_calls`, … */
  finish: string | null;
  /** The answer is over: `[DONE]`, or a response that is completed, incomplete or failed. */
  isLast: boolean;
  /** What went wrong, in the server's words. */
  error: string | null;
}

const NOTHING: AnswerChunk = {
  text: '',
  tokens: null,
  isThought: false,
  totalTokens: null,
  thoughtTokens: 0,
  finish: null,
  isLast: false,
  error: null,
};
const LAST: AnswerChunk = { ...NOTHING, isLast: true };
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** @returns null for what is no event of such an answer */
export function readAnswerChunk(data: string): AnswerChunk | null {
  if (data.trim() === '[DONE]') return LAST;
  const chunk = parseJson(data);
  if (!isFields(chunk)) return null;
  if (chunk['error'] !== undefined && chunk['error'] !== null) return { ...NOTHING, error: errorText(chunk['error']) };
  const { choices, type } = chunk;
  if (Array.isArray(choices)) return readChoices(choices, chunk['usage']);
  return typeof type === 'string' ? readResponseEvent(type, chunk) : null;
}

/**
 * The least number of tokens that this text can be: the tokenizers of these models first cut text into words, numbers
 * and signs, and no token reaches over such a cut. So "Hello, how are you" is five at least, however it was sent.
 */
export function leastTokens(text: string): number {
  return text.match(WORDS)?.length ?? 0;
}

/** As cl100k and o200k cut it, a little simplified. */
const WORDS = /[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

function readChoices(choices: readonly unknown[], usage: unknown): AnswerChunk {
  let text = '';
  let tokens: number | null = null;
  let finish: string | null = null;
  let isThought = false;
  for (const choice of choices) {
    if (!isFields(choice)) continue;
    const delta = isFields(choice['delta']) ? choice['delta'] : {};
    // Some servers write it under one name, some under the other, and one of them under both.
    const thought = textOf(delta['reasoning_content']) || textOf(delta['reasoning']);
    isThought ||= thought !== '';
    text += textOf(choice['text']) + thought + textOf(delta['content']) + textOf(delta['refusal']) + callText(delta);
    const counted = logprobCount(choice['logprobs']);
    if (counted !== null) tokens = (tokens ?? 0) + counted;
    if (typeof choice['finish_reason'] === 'string') finish = choice['finish_reason'];
  }
  return { ...NOTHING, text, tokens, isThought, finish, ...usageOf(usage, 'completion_tokens') };
}

function callText(delta: JsonFields): string {
  const calls = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
  return [...calls.map((call) => (isFields(call) ? call['function'] : null)), delta['function_call']]
    .map((called) => (isFields(called) ? textOf(called['name']) + textOf(called['arguments']) : ''))
    .join('');
}

function readResponseEvent(type: string, event: JsonFields): AnswerChunk {
  if (type === 'error') return { ...NOTHING, error: errorText(event) };
  // Sound goes as base64 in a delta of its own, beside its transcript.
  if (type.endsWith('.delta') && type !== 'response.audio.delta') {
    const logprobs = event['logprobs'];
    return {
      ...NOTHING,
      text: textOf(event['delta']),
      isThought: type.startsWith('response.reasoning'),
      tokens: Array.isArray(logprobs) && logprobs.length > 0 ? logprobs.length : null,
    };
  }
  if (!ENDS.has(type)) return NOTHING;
  const response = isFields(event['response']) ? event['response'] : {};
  const details = response['incomplete_details'];
  const reason = isFields(details) ? textOf(details['reason']) : '';
  return {
    ...LAST,
    ...usageOf(response['usage'], 'output_tokens'),
    finish: reason === '' ? type.slice('response.'.length) : reason,
    error: type === 'response.failed' ? errorText(response['error']) : null,
  };
}

function logprobCount(logprobs: unknown): number | null {
  if (!isFields(logprobs)) return null;
  // Chat has `content`, the older completions `tokens`.
  const list = logprobs['content'] ?? logprobs['tokens'];
  return Array.isArray(list) && list.length > 0 ? list.length : null;
}

function usageOf(
  usage: unknown,
  name: 'completion_tokens' | 'output_tokens',
): Pick<AnswerChunk, 'totalTokens' | 'thoughtTokens'> {
  const details = isFields(usage) ? usage[`${name}_details`] : null;
  return { totalTokens: count(usage, name), thoughtTokens: count(details, 'reasoning_tokens') ?? 0 };
}

function count(counts: unknown, name: string): number | null {
  const value = isFields(counts) ? counts[name] : null;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function errorText(error: unknown): string {
  if (typeof error === 'string') return error;
  const message = isFields(error) ? (error['message'] ?? error['code']) : null;
  return typeof message === 'string' ? message : 'without a message';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
