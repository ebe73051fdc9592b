/**
 * The older transport (MCP 2024-11-05, "HTTP with SSE"): the stream's first event says where to POST, and what is said
 * there is answered on the stream.
 */
import { isFields, type JsonFields } from '../../core/json.ts';
import { type Reply, troubleOf } from '../exchange.ts';
import type { SseEvent } from '../../sse/handlers.ts';
import { answerIn, type RpcAnswer } from './mcp-message.ts';
import { type McpMessage, McpSession } from './mcp-session.ts';
import type { McpNotes } from './mcp-verdict.ts';
import type { ProfileAsk, ProfileHost, StreamAsk } from '../profile-checks.ts';

export class McpLegacy {
  /** All that was to be said is said, or cannot be any more. */
  finished: Promise<void> = Promise.resolve();
  private readonly ask: ProfileAsk;
  private readonly host: ProfileHost;
  private readonly notes: McpNotes;
  private endpoint: URL | null = null;
  private readonly session = new McpSession(false);
  private waiting: { id: number; answered: (answer: RpcAnswer | null) => void } | null = null;
  private over = false;

  constructor(ask: ProfileAsk, host: ProfileHost, notes: McpNotes) {
    this.ask = ask;
    this.host = host;
    this.notes = notes;
    notes.transport = 'sse';
    notes.session = 'endpoint';
    // That a POST was refused is how this transport was found.
    notes.trouble = null;
    notes.rounds.length = 0;
  }

  streamRequest(): StreamAsk {
    const { url, headers } = this.ask;
    return { method: 'GET', url, body: null, headers: [...headers, ['Accept', 'text/event-stream']] };
  }

  heard({ type, data }: SseEvent): void {
    if (type === 'endpoint' && this.endpoint === null) {
      this.begin(data);
      return;
    }
    if (this.waiting === null) return;
    const answer = answerIn(data, this.waiting.id);
    if (answer !== null) this.waiting.answered(answer);
  }

  /** The stream ended: nobody answers any more. */
  ended(): void {
    this.over = true;
    this.waiting?.answered(null);
  }

  private begin(written: string): void {
    const { url } = this.ask;
    const endpoint = URL.canParse(written, url.href) ? new URL(written, url) : null;
    // Whoever writes into the stream must not send the client, with its token, to somebody else.
    if (endpoint === null || endpoint.origin !== url.origin) {
      this.notes.trouble =
        endpoint === null ? 'an endpoint that is no URL' : 'an endpoint of another origin, which is not asked';
      this.host.answered();
      return;
    }
    this.endpoint = endpoint;
    this.finished = this.talk(endpoint).finally(() => this.host.answered());
  }

  private async talk(endpoint: URL): Promise<void> {
    const { notes, session } = this;
    const result = await this.request(endpoint, session.initialize(this.ask.version));
    if (result === null) return;
    notes.introduced(result);
    const { head } = await this.post(endpoint, session.initialized());
    notes.initializedStatus = head?.statusCode ?? null;
    await this.request(endpoint, session.request('ping'));
    if (isFields(notes.capabilities['tools'])) await this.request(endpoint, session.request('tools/list'));
  }

  private async request(endpoint: URL, { id, method, body }: McpMessage): Promise<JsonFields | null> {
    if (this.over) return null;
    const startMs = this.host.nowMs();
    const onStream = new Promise<RpcAnswer | null>((answered) => {
      this.waiting = { id, answered };
    });
    const reply = await this.post(endpoint, body);
    const isTaken = reply.head !== null && reply.head.statusCode < 300;
    const answer = isTaken ? await onStream : null;
    this.waiting = null;
    const trouble =
      answer === null
        ? isTaken
          ? 'no answer on the stream'
          : troubleOf(reply)
        : 'error' in answer
          ? `the error ${answer.error}`
          : null;
    if (trouble !== null) this.notes.trouble ??= trouble;
    this.notes.rounds.push({
      method,
      status: reply.head?.statusCode ?? null,
      as: 'stream',
      headMs: reply.headMs,
      answeredMs: trouble === null ? this.host.nowMs() - startMs : null,
      trouble,
    });
    return answer !== null && 'result' in answer ? answer.result : null;
  }

  private post(endpoint: URL, body: string): Promise<Reply> {
    const headers = this.ask.headers.filter(([name]) => !/^(?:accept|content-type)$/i.test(name));
    return this.host.ask({
      method: 'POST',
      url: endpoint,
      body,
      headers: [...headers, ['Content-Type', 'application/json'], ['Accept', 'application/json']],
    });
  }
}
