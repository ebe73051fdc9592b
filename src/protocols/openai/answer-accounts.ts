/**
 * Answers of a language model under load: when each began, how its tokens came, whether it came to its end.
 *
 * A client that has its whole answer leaves and asks again after its reconnection time: that is its time to think.
 * An answer that ends before its end was declared is a stream that was dropped, like every other.
 *
 * Times are those of healthy clients, as everywhere. Each client has a few numbers in arrays, since thousands ask at
 * once. Tokens are counted for each chunk, by the server or as the least that the text can be; how many the whole
 * answer had by its `usage` is known too late here.
 */
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { leastTokens, readAnswerChunk } from './answer-chunk.ts';
import { ONE_READ_MS } from './answer-meter.ts';
import { quote } from '../../core/printable.ts';
import { countUp, figures, type Measured } from '../../measure/figures.ts';

export const ANSWER_FIGURES = figures({
  counts: [
    /** Answers that came to their end, and those that ended in an error or without a token. */
    'answers',
    'answersFailed',
    /** Tokens; at least so many. */
    'tokens',
    /** Events that belong to no answer. */
    'answerStrangers',
  ],
  times: [
    /** From the request to the first token, and to the end of the answer. */
    'firstToken',
    'answer',
    /** Between two tokens. */
    'interToken',
  ],
  tallies: [
    /** What the first error of each process said, made printable. */
    'answerErrors',
  ],
});
type AnswerFigures = Measured<typeof ANSWER_FIGURES>;

/** Tokens of one arrival that are counted; where more come at once, the times between them are not worth counting. */
const MAX_SAMPLES = 256;

export class AnswerAccounts {
  private readonly summary: AnswerFigures;
  /**
   * For each client: the stream that the other arrays are about; then when text last came, the time before it, and the
   * tokens that it brought.
   */
  private readonly stream: Uint32Array;
  private readonly lastMs: Float64Array;
  private readonly gapMs: Float64Array;
  private readonly tokens: Uint32Array;

  /** @param clients of the whole run: they are known by their index in it */
  constructor(summary: AnswerFigures, clients: number) {
    this.summary = summary;
    this.stream = new Uint32Array(clients);
    this.lastMs = new Float64Array(clients);
    this.gapMs = new Float64Array(clients);
    this.tokens = new Uint32Array(clients);
  }

  heard(client: Subscription, { data }: StreamEvent): void {
    const chunk = readAnswerChunk(data);
    const { counts, times, answerErrors } = this.summary;
    if (chunk === null) {
      if (data !== '') counts.answerStrangers += 1;
      return;
    }
    const {
      index,
      opened,
      context: { nowMs },
      phaseStartMs,
    } = client;
    if (this.stream[index] !== opened) this.begin(index, opened);
    const isTimed = client.behaviour.kind === 'healthy';
    if (chunk.text !== '') {
      const tokens = chunk.tokens ?? Math.max(1, leastTokens(chunk.text));
      counts.tokens += tokens;
      if (isTimed) this.text(index, tokens, nowMs, phaseStartMs);
      else this.lastMs[index] = nowMs;
    }
    const isEmpty = chunk.isLast && this.lastMs[index] === 0;
    if (!chunk.isLast && chunk.error === null) return;
    this.close(index);
    if (chunk.error !== null || isEmpty) {
      counts.answersFailed += 1;
      if (chunk.error !== null && answerErrors.size === 0) countUp(answerErrors, quote(chunk.error));
    } else {
      counts.answers += 1;
      if (isTimed) times.answer.record(nowMs - phaseStartMs);
    }
    client.leaveAndReturn('fin');
  }

  private begin(index: number, opened: number): void {
    // The one before may have broken off.
    this.close(index);
    this.stream[index] = opened;
    this.lastMs[index] = 0;
  }

  private text(index: number, tokens: number, nowMs: number, askedMs: number): void {
    const lastMs = this.lastMs[index] as number;
    if (nowMs - lastMs < ONE_READ_MS) {
      // It came in the same read: the time before that is shared by all that it brought.
      this.tokens[index] = (this.tokens[index] as number) + tokens;
      return;
    }
    this.close(index);
    if (lastMs === 0) this.summary.times.firstToken.record(nowMs - askedMs);
    else {
      this.gapMs[index] = nowMs - lastMs;
      this.tokens[index] = tokens;
    }
    this.lastMs[index] = nowMs;
  }

  /** Enters the last arrival: nothing more comes to it. */
  private close(index: number): void {
    const gapMs = this.gapMs[index] as number;
    const tokens = this.tokens[index] as number;
    if (gapMs > 0)
      for (let n = Math.min(tokens, MAX_SAMPLES); n > 0; n--) this.summary.times.interToken.record(gapMs / tokens);
    this.gapMs[index] = 0;
    this.tokens[index] = 0;
  }
}
