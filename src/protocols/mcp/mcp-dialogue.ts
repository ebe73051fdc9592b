/**
 * What a probe says in a session, one step after the other, and what it notes of the answers.
 *
 * The steps and their meaning are the session's. How a step goes to its server, and where its answer is read, differs
 * between the two transports and comes as `send`. A refusal ends a dialogue only where nothing can be asked after it.
 */
import type { Reply } from '../exchange.ts';
import type { RpcAnswer } from './mcp-message.ts';
import { heardIn } from './mcp-reply.ts';
import type { McpSession } from './mcp-session.ts';
import type { McpMeaning, McpStep } from './mcp-step.ts';
import type { McpNotes } from './mcp-verdict.ts';

/** A step that was sent, and what came of it. */
export interface Sent {
  reply: Reply;
  answer: RpcAnswer | null;
  /** How the answer comes. */
  as: 'stream' | 'json';
  /** From the request to its answer, or until none was waited for any more. */
  tookMs: number;
  /** What is wrong where there is no answer, for people. */
  missing: string;
}

/** @returns null where nobody is left to answer */
export type SendStep = (step: McpStep) => Promise<Sent | null>;

export class McpDialogue {
  /** The server seems to speak the older transport. */
  isOlder = false;
  private readonly session: McpSession;
  private readonly send: SendStep;
  private readonly notes: McpNotes;

  constructor(session: McpSession, notes: McpNotes, send: SendStep) {
    this.session = session;
    this.notes = notes;
    this.send = send;
  }

  /** Says what is due, until it is the turn of the stream. @returns the step of the stream; null where all is said */
  async goOn(): Promise<McpStep | null> {
    const { notes, session } = this;
    for (let step = session.next(); step !== null; step = session.next()) {
      if (step.name === 'stream') return step;
      const sent = await this.send(step);
      if (sent === null) return null;
      const meaning = this.took(step, sent);
      if (step.name === 'notifications/initialized') {
        // "If the server accepts the input, the server MUST return HTTP status code 202 Accepted with no body."
        notes.initializedStatus = sent.reply.head?.statusCode ?? null;
        continue;
      }
      this.note(step, sent);
      if (step.name !== 'initialize') continue;
      this.isOlder = meaning === 'older';
      if (meaning !== 'taken') return null;
      this.introduced(sent);
    }
    return null;
  }

  /** Ends the session, and looks whether it is gone. */
  async end(): Promise<void> {
    const { notes, session } = this;
    const step = session.leave() ? session.next() : null;
    const sent = step === null ? null : await this.send(step);
    if (step === null || sent === null) return;
    notes.deleteStatus = sent.reply.head?.statusCode ?? null;
    if (this.took(step, sent) !== 'taken') return;
    // "The server MUST respond to requests containing that session ID with HTTP 404 Not Found."
    const look = session.next();
    const after = look === null ? null : await this.send(look);
    notes.statusAfterDelete = after?.reply.head?.statusCode ?? null;
  }

  private took({ name }: McpStep, { reply, answer }: Sent): McpMeaning {
    return this.session.took(name, heardIn(reply, answer));
  }

  private note({ name }: McpStep, { reply, answer, as, tookMs, missing }: Sent): void {
    const trouble = answer === null ? missing : 'error' in answer ? `the error ${answer.error}` : null;
    if (trouble !== null) this.notes.trouble ??= trouble;
    this.notes.rounds.push({
      method: name,
      status: reply.head?.statusCode ?? null,
      as,
      headMs: reply.headMs,
      answeredMs: trouble === null ? tookMs : null,
      trouble,
    });
  }

  /** The server has answered `initialize`. */
  private introduced({ reply, answer }: Sent): void {
    const { notes, session } = this;
    const { transport } = session.options;
    notes.transport = transport;
    if (answer !== null && 'result' in answer) notes.introduced(answer.result);
    if (transport === 'sse') return;
    const isNamed = heardIn(reply, answer).sessionId !== undefined;
    notes.session = session.id !== null ? 'header' : isNamed ? 'unusable' : 'none';
  }
}
