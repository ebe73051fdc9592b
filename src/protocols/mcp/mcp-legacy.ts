/**
 * The older transport (MCP 2024-11-05, "HTTP with SSE"): the stream's first event says where to POST, and what is said
 * there is answered on the stream.
 *
 * The session gives the steps, as for the newer transport; here is only how they travel. An endpoint of another origin
 * is not asked: what is written into a stream must not lead the client, with its token, to somebody else.
 */
import type { SseEvent } from '../../sse/handlers.ts';
import type { ProfileAsk, ProfileHost, StreamAsk } from '../profile-checks.ts';
import { McpDialogue, type Sent } from './mcp-dialogue.ts';
import { answerIn, type RpcAnswer } from './mcp-message.ts';
import { troubleOf } from './mcp-reply.ts';
import { McpSession } from './mcp-session.ts';
import { headed, type McpStep } from './mcp-step.ts';
import type { McpNotes } from './mcp-verdict.ts';

export class McpLegacy {
  /** All that was to be said is said, or cannot be any more. */
  finished: Promise<unknown> = Promise.resolve();
  private readonly ask: ProfileAsk;
  private readonly host: ProfileHost;
  private readonly notes: McpNotes;
  private readonly session: McpSession;
  private endpoint: URL | null = null;
  private waiting: { id: number; answered: (answer: RpcAnswer | null) => void } | null = null;
  private over = false;

  constructor(ask: ProfileAsk, host: ProfileHost, notes: McpNotes) {
    this.ask = ask;
    this.host = host;
    this.notes = notes;
    this.session = new McpSession({ transport: 'sse', questions: 'once', version: ask.version });
    notes.transport = 'sse';
    notes.session = 'endpoint';
    // That a POST was refused is how this transport was found.
    notes.trouble = null;
    notes.rounds.length = 0;
  }

  /** The stream is the first step here. */
  streamRequest(): StreamAsk | null {
    const step = this.session.next();
    return step === null ? null : this.requestOf(step, this.ask.url);
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
    const { host, notes, session } = this;
    const { url } = this.ask;
    const endpoint = URL.canParse(written, url.href) ? new URL(written, url) : null;
    if (endpoint === null || endpoint.origin !== url.origin) {
      notes.trouble =
        endpoint === null ? 'an endpoint that is not a URL' : 'an endpoint of another origin, which is not used';
      host.answered();
      return;
    }
    this.endpoint = endpoint;
    // The stream is there, since it has said where to POST.
    session.took('stream', headed(200));
    const dialogue = new McpDialogue(session, notes, (step) => this.send(step, endpoint));
    this.finished = dialogue.goOn().finally(() => host.answered());
  }

  private async send(step: McpStep, endpoint: URL): Promise<Sent | null> {
    const { id } = step;
    if (this.over && id !== null) return null;
    const startMs = this.host.nowMs();
    const onStream =
      id === null
        ? null
        : new Promise<RpcAnswer | null>((answered) => {
            this.waiting = { id, answered };
          });
    const reply = await this.host.ask(this.requestOf(step, endpoint));
    const isTaken = reply.head !== null && reply.head.statusCode < 300;
    const answer = isTaken ? await onStream : null;
    this.waiting = null;
    const missing = isTaken ? 'no response on the stream' : troubleOf(reply);
    return { reply, answer, as: 'stream', tookMs: this.host.nowMs() - startMs, missing };
  }

  private requestOf(step: McpStep, url: URL): StreamAsk {
    const { method, body } = step;
    return { method, url, body, headers: this.session.headers(this.ask.headers, step) };
  }
}
