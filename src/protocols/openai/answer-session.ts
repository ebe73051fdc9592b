/**
 * Answers of language models, streamed as OpenAI does it and many after it: chat completions, the older completions,
 * and responses, told apart by the end of the path.
 *
 * One request, one answer: it costs money, so nothing is asked twice, and what needs a second stream is skipped. What
 * the answer asks is the user's `--body`, else one short sentence. An answer is sound when it ends as declared; one
 * that breaks off, stands still, or ends in an error is named as that.
 */
import { printable } from '../../core/printable.ts';
import { type AnswerChunk, readAnswerChunk } from './answer-chunk.ts';
import { AnswerMeter } from './answer-meter.ts';
import type { SseEvent } from '../../sse/handlers.ts';
import { answerRequest } from './answer-request.ts';
import type { ResponseHead } from '../../wire/transport.ts';
import { answerChecks, answerFigures, type AnswerState } from './answer-verdict.ts';
import type {
  ProfileAsk,
  ProfileChecks,
  ProfileHost,
  StreamAsk,
  ProfileSession,
  ProfileVerdict,
  StreamEnding,
} from '../profile-checks.ts';

const SHOWN_CHARACTERS = 160;
const ONCE = 'responses cost money, so only one request is sent';
const NO_FEED = 'a response is not a feed that clients resume';

export const answerChecksOfProbe: ProfileChecks = {
  isOneAnswer: true,
  asksTwice: false,
  skips: {
    compression: ONCE,
    cached: ONCE,
    'error-status': ONCE,
    resume: NO_FEED,
    'event-ids': NO_FEED,
    retry: NO_FEED,
    protocol: 'API clients are not browsers, and may open more streams',
    heartbeat: 'a response is short and needs no heartbeat',
    'late-headers': 'many models send the response headers with the first token',
  },
  start: (ask, host) => new OpenAiSession(ask, host),
};

class OpenAiSession implements ProfileSession {
  private readonly request: StreamAsk;
  private readonly host: ProfileHost;
  private readonly stalledAfterMs: number;
  private readonly meter = new AnswerMeter();
  private readonly state: AnswerState = {
    askedMs: 0,
    headMs: null,
    streamed: false,
    complete: false,
    finish: null,
    error: null,
    strangers: 0,
    ending: null,
  };

  constructor(ask: ProfileAsk, host: ProfileHost) {
    const { url, method, headers, body } = ask;
    this.request = { url, ...answerRequest({ path: url.pathname, method, headers, body }) };
    this.host = host;
    this.stalledAfterMs = ask.stalledAfterMs;
  }

  begin(): Promise<StreamAsk> {
    return Promise.resolve(this.request);
  }

  asked(atMs: number): void {
    this.state.askedMs = atMs;
  }

  opened(head: ResponseHead): void {
    this.state.headMs = this.host.nowMs();
    this.state.streamed = head.statusCode === 200;
  }

  heard({ data }: SseEvent, atMs: number): void {
    const { state } = this;
    const chunk = readAnswerChunk(data);
    if (chunk === null) {
      if (data !== '') state.strangers += 1;
      return;
    }
    this.meter.heard(chunk, atMs);
    state.finish = chunk.finish ?? state.finish;
    if (chunk.error !== null) state.error ??= printable(chunk.error, SHOWN_CHARACTERS);
    if (!chunk.isLast || state.complete) return;
    state.complete = true;
    this.host.answered();
  }

  ended(ending: StreamEnding): void {
    this.state.ending = ending;
    if (!this.state.complete && ending.excerpt !== '') this.state.error ??= refusalText(ending.excerpt);
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }

  judge(): ProfileVerdict {
    const { state, meter } = this;
    return {
      checks: answerChecks(state, meter, this.stalledAfterMs),
      firstTokenMs: meter.firstMs === null ? null : meter.firstMs - state.askedMs,
      figures: { name: 'openai', ...answerFigures(state, meter, this.stalledAfterMs) },
    };
  }
}

/** What a server says with an error status, most of them as `{"error":{"message":…}}`. */
function refusalText(excerpt: string): string {
  const chunk: AnswerChunk | null = readAnswerChunk(excerpt);
  return printable(chunk?.error ?? excerpt, SHOWN_CHARACTERS);
}
