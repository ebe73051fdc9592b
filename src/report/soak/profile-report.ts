/** The figures that a profile adds to a run, as the JSON report has them. */
import type { RunRecord } from '../../record/run-record.ts';
import { type Times, timesOf } from './times.ts';

/** The answers of a language model (profile `openai`). */
export interface AnswersReport {
  /** Answers that came to their end. */
  completed: number;
  /** Answers that ended in an error or without a token; answers that broke off are dropped streams. */
  failed: number;
  /** Tokens of all answers: as the server counts them for each chunk, else at least so many. */
  tokens: number;
  /** From the request to the first token. */
  firstTokenMs: Times;
  /** Between two tokens of one answer. */
  interTokenMs: Times;
  /** From the request to the end of the answer. */
  answerMs: Times;
}

export function answersReport({
  summary: {
    counts,
    times: { firstToken, interToken, answer },
  },
}: RunRecord): AnswersReport | null {
  if (counts.answers + counts.answersFailed + counts.tokens === 0) return null;
  return {
    completed: counts.answers,
    failed: counts.answersFailed,
    tokens: counts.tokens,
    firstTokenMs: timesOf(firstToken),
    interTokenMs: timesOf(interToken),
    answerMs: timesOf(answer),
  };
}

/** The sessions with a server of the Model Context Protocol (profile `mcp`). */
export interface SessionsReport {
  /** Sessions that were opened, those that replaced a forgotten one included. */
  opened: number;
  /** Times that the server answered and opened no session. */
  refused: number;
  /** Sessions that the server no longer knew (status 404); their clients began new ones. */
  expired: number;
  /** Sessions whose server has no stream of its own (status 405); their clients ask `ping` instead. */
  withoutStream: number;
  /** Sessions that were ended by DELETE. */
  ended: number;
  /** Sessions whose DELETE was refused (status 405) or not answered. */
  notEnded: number;
  /** Sessions that were left behind on purpose, by clients that die. */
  abandoned: number;
  /** Requests of sessions that failed, by request and cause; those that did not occur are left out. */
  failuresByCause: Record<string, number>;
  /** From the request for a session to its answer. */
  initializeMs: Times;
  /** From a `ping` to its answer. */
  pingMs: Times;
}

export function sessionsReport({
  summary: {
    counts,
    sessionFailures,
    times: { initialize, sessionPing },
  },
}: RunRecord): SessionsReport | null {
  if (counts.sessions + sessionFailures.size === 0) return null;
  return {
    opened: counts.sessions,
    refused: counts.sessionsRefused,
    expired: counts.sessionsExpired,
    withoutStream: counts.sessionsStreamless,
    ended: counts.sessionsEnded,
    notEnded: counts.sessionsNotEnded,
    abandoned: counts.sessionsAbandoned,
    failuresByCause: Object.fromEntries(sessionFailures),
    initializeMs: timesOf(initialize),
    pingMs: timesOf(sessionPing),
  };
}
