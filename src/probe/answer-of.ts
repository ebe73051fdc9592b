/** What an answer that is no stream says for itself, without the secrets of the request that it repeats. */
import { secretsOf, withoutSecrets } from '../core/redact.ts';
import { type RefusedAnswer, refusedAnswer } from '../findings/refused-answer.ts';
import type { Listening } from './listening.ts';

export function answerOf({ head, excerpt, requestSpec }: Listening): RefusedAnswer {
  return refusedAnswer(head?.headers ?? new Map(), withoutSecrets(excerpt, secretsOf(requestSpec)));
}
