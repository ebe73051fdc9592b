/**
 * Servers of the Model Context Protocol, over both of its HTTP transports.
 *
 * Streamable HTTP (2025-03-26 and later): `initialize` by POST, its session in a header, the server's own stream by
 * GET, each request by a POST whose answer is JSON or a stream, DELETE at the end: sessions that nobody ends are what
 * such servers leak. The older transport (2024-11-05): a stream by GET whose first event says where to POST, and which
 * brings the answers. Which one it is, is found out as the standard says clients do ("Backwards Compatibility").
 *
 * Asks for nothing that has an effect: `ping`, and the list of tools where the server has some.
 */
import { UsageError } from '../../core/errors.ts';
import type { SseEvent } from '../../sse/handlers.ts';
import type { ResponseHead } from '../../wire/transport.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import { McpDialogue, type Sent } from './mcp-dialogue.ts';
import { McpLegacy } from './mcp-legacy.ts';
import { answerOf, answers, troubleOf } from './mcp-reply.ts';
import { McpSession } from './mcp-session.ts';
import { headed, type McpStep } from './mcp-step.ts';
import { mcpChecks, mcpFigures, type McpNotes, notesOf } from './mcp-verdict.ts';
import type {
  ProfileAsk,
  ProfileChecks,
  ProfileHost,
  StreamAsk,
  ProfileSession,
  ProfileVerdict,
  StreamEnding,
} from '../profile-checks.ts';

const ONE_STREAM = "a session has one stream of the server's own";

export const mcpChecksOfProbe: ProfileChecks = {
  isOneAnswer: false,
  asksTwice: false,
  skips: {
    cached: ONE_STREAM,
    compression: ONE_STREAM,
    resume: 'resuming is optional, and ids need not be a sequence',
    'event-ids': 'ids are optional',
    'error-status': 'the session has its own error responses',
    'first-event': 'a server need not send anything by itself',
  },
  start: (ask, host) => new McpProbe(ask, host),
};

class McpProbe implements ProfileSession {
  private readonly ask: ProfileAsk;
  private readonly host: ProfileHost;
  private readonly notes: McpNotes = notesOf();
  private readonly session: McpSession;
  private readonly dialogue: McpDialogue;
  private legacy: McpLegacy | null = null;
  /** What goes on beside the stream. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(ask: ProfileAsk, host: ProfileHost) {
    if (ask.method !== null || ask.body !== null) {
      throw new UsageError('the mcp profile chooses its requests itself', { hint: 'Remove --method and --body.' });
    }
    this.ask = ask;
    this.host = host;
    this.session = new McpSession({ transport: 'streamable-http', questions: 'once', version: ask.version });
    this.dialogue = new McpDialogue(this.session, this.notes, (step) => this.send(step));
  }

  async begin(): Promise<StreamAsk | CheckResult> {
    const { dialogue, notes, ask, host } = this;
    const stream = await dialogue.goOn();
    if (stream !== null) return this.requestOf(stream);
    const status = notes.rounds.at(-1)?.status ?? null;
    if (dialogue.isOlder) this.legacy = new McpLegacy(ask, host, notes);
    const older = this.legacy?.streamRequest() ?? null;
    if (older !== null) return older;
    const title = `initialize got ${notes.trouble ?? 'no response'}`;
    return {
      id: 'completion',
      status: 'fail',
      title,
      evidence: { status },
      hint:
        status === 401 || status === 403
          ? 'Add --bearer-env with a token for this server.'
          : 'Give the URL of the MCP endpoint, often /mcp, or /sse for the older transport.',
    };
  }

  asked(): void {}

  opened(head: ResponseHead): void {
    this.notes.streamStatus = head.statusCode;
    if (this.legacy !== null) return;
    this.session.took('stream', headed(head.statusCode));
    this.work = this.dialogue.goOn().finally(() => this.host.answered());
  }

  heard(event: SseEvent): void {
    this.notes.messages += 1;
    this.legacy?.heard(event);
  }

  ended({ cause, detail }: StreamEnding): void {
    this.notes.ended = { cause, detail };
    this.legacy?.ended();
  }

  async leave(): Promise<void> {
    await this.work;
    await this.legacy?.finished;
    if (this.legacy === null) await this.dialogue.end();
  }

  judge(): ProfileVerdict {
    return { checks: mcpChecks(this.notes), firstTokenMs: null, figures: { name: 'mcp', ...mcpFigures(this.notes) } };
  }

  private async send(step: McpStep): Promise<Sent> {
    const reply = await this.host.ask(this.requestOf(step), answers(step.id));
    const answer = answerOf(reply, step.id);
    const as = reply.events.length > 0 ? 'stream' : 'json';
    return { reply, answer, as, tookMs: reply.endMs, missing: troubleOf(reply) };
  }

  private requestOf(step: McpStep): StreamAsk {
    const { url, headers } = this.ask;
    const { method, body } = step;
    return { method, url, body, headers: this.session.headers(headers, step) };
  }
}
