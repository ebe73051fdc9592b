/**
 * What a client of the Streamable HTTP transport says, in its order (MCP 2025-11-25, "Transports", "Session
 * Management"), and what came of it.
 */
import { isFields } from '../../core/json.ts';
import { answerOf, answers, type Reply, troubleOf } from '../exchange.ts';
import { ACCEPT_ANSWER } from './mcp-message.ts';
import { type McpMessage, McpSession } from './mcp-session.ts';
import type { McpNotes } from './mcp-verdict.ts';
import type { ProfileAsk, ProfileHost, StreamAsk } from '../profile-checks.ts';

export class McpDialogue {
  private readonly ask: ProfileAsk;
  private readonly host: ProfileHost;
  private readonly notes: McpNotes;
  private readonly session = new McpSession(false);

  constructor(ask: ProfileAsk, host: ProfileHost, notes: McpNotes) {
    this.ask = ask;
    this.host = host;
    this.notes = notes;
  }

  /** @returns the status; null when no head came */
  async initialize(): Promise<number | null> {
    const { notes, session } = this;
    const { reply, result } = await this.request(session.initialize(this.ask.version));
    if (result !== null) {
      notes.transport = 'streamable-http';
      notes.introduced(result);
      const sessionId = reply.head?.headers.get('mcp-session-id');
      session.introduced(result, sessionId);
      notes.session = sessionId === undefined ? 'none' : session.id === null ? 'unusable' : 'header';
      const { head } = await this.post(session.initialized());
      // "If the server accepts the input, the server MUST return HTTP status code 202 Accepted with no body."
      notes.initializedStatus = head?.statusCode ?? null;
    }
    return reply.head?.statusCode ?? null;
  }

  /** The stream of the server's own. */
  streamRequest(): StreamAsk {
    return this.requestOf('GET', 'text/event-stream', null);
  }

  /** While the stream is open. */
  async talk(): Promise<void> {
    await this.request(this.session.request('ping'));
    if (isFields(this.notes.capabilities['tools'])) await this.request(this.session.request('tools/list'));
  }

  /** Ends the session, and looks whether it is gone. */
  async end(): Promise<void> {
    const { notes, session } = this;
    if (session.id === null) return;
    const { head } = await this.host.ask(this.requestOf('DELETE', 'application/json', null));
    notes.deleteStatus = head?.statusCode ?? null;
    if (notes.deleteStatus === null || notes.deleteStatus >= 300) return;
    // "The server MUST respond to requests containing that session ID with HTTP 404 Not Found."
    const { id, body } = session.request('ping');
    const after = await this.post(body, id);
    notes.statusAfterDelete = after.head?.statusCode ?? null;
  }

  private async request({
    id,
    method,
    body,
  }: McpMessage): Promise<{ reply: Reply; result: Readonly<Record<string, unknown>> | null }> {
    const reply = await this.post(body, id);
    const answer = answerOf(reply, id);
    const result = answer !== null && 'result' in answer ? answer.result : null;
    const trouble = answer === null ? troubleOf(reply) : 'error' in answer ? `the error ${answer.error}` : null;
    if (trouble !== null) this.notes.trouble ??= trouble;
    this.notes.rounds.push({
      method,
      status: reply.head?.statusCode ?? null,
      as: reply.events.length > 0 ? 'stream' : 'json',
      headMs: reply.headMs,
      answeredMs: trouble === null ? reply.endMs : null,
      trouble,
    });
    return { reply, result };
  }

  private post(body: string, id?: number): Promise<Reply> {
    return this.host.ask(this.requestOf('POST', ACCEPT_ANSWER, body), id === undefined ? undefined : answers(id));
  }

  private requestOf(method: string, accept: string, body: string | null): StreamAsk {
    const { url, headers } = this.ask;
    return { method, url, body, headers: this.session.headers(headers, accept, body !== null) };
  }
}
