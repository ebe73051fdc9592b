/**
 * The client's side of one session of the Model Context Protocol: which request comes next, and what an answer means.
 *
 * One description for the probe and for the clients of a soak, over both HTTP transports. It computes only: its user
 * sends the step that `next` gives, and hands what came back to `took`. The user decides when a step is sent, how long
 * its answer may take, and whether a refusal keeps it away.
 *
 * A session outlives its connections: a client that comes back calls `begin`, and goes on where the session stands.
 */
import { isFields, type JsonFields } from '../../core/json.ts';
import {
  ACCEPT_ANSWER,
  type Headers,
  initializeParams,
  mcpHeaders,
  pingResponse,
  PROTOCOL_VERSION_TEXT,
  rpcNotification,
  rpcRequest,
  SESSION_ID,
} from './mcp-message.ts';
import type { McpHeard, McpMeaning, McpStep, PostStep } from './mcp-step.ts';
import { isRedirect } from '../../reach/redirect.ts';

/** The steps of a dialogue in their order. `questions` are as many as the client asks. */
const ORDERS = {
  /** MCP 2025-11-25, "Streamable HTTP" and "Session Management". The last step asks whether the session is gone. */
  'streamable-http': ['initialize', 'notifications/initialized', 'stream', 'questions', 'end', 'look'],
  /** MCP 2024-11-05, "HTTP with SSE": only the stream says where to POST, and its end is that of the session. */
  sse: ['stream', 'initialize', 'notifications/initialized', 'questions'],
} as const satisfies Record<string, readonly string[]>;
export type McpTransport = keyof typeof ORDERS;
type Stage = (typeof ORDERS)['streamable-http'][number];

const GONE = 404;
const NO_STREAM = 405;
/** A server of the older transport answers a POST to the URL of its stream with one of these. */
const OLDER = new Set([400, GONE, NO_STREAM]);

/**
 * What a client asks once its stream is there: `once`, a ping and the list of tools where there are some; `on`, a ping
 * whenever it is asked for the next step; `nothing`.
 */
export type McpQuestions = 'once' | 'on' | 'nothing';

export interface McpSessionOptions {
  readonly transport: McpTransport;
  readonly questions: McpQuestions;
  /** The version of sse-probe: clients introduce themselves. */
  readonly version: string;
}

export class McpSession {
  readonly options: McpSessionOptions;
  /** The server's name for the session; null before there is one, and where servers give none. */
  id: string | null = null;
  /** The server has been told that its answer to `initialize` was heard. */
  stands = false;
  /** It has been counted among the sessions whose server has no stream of its own. */
  isStreamless = false;
  private protocolVersion: string | null = null;
  private hasTools = false;
  /** The index of the stage in the order of the transport. */
  private at = 0;
  private asked = 0;
  /** This session was begun on this connection: 404 to its stream is no end of it then, but a wrong path. */
  private isNew = false;
  private lastEventId = '';
  /** The last event id of a session before this one, which means nothing in this one. */
  private foreignEventId = '';
  private lastId = 0;

  constructor(options: McpSessionOptions) {
    this.options = options;
  }

  /** A connection begins: a session that stands needs its stream only. @param lastEventId of the stream before */
  begin(lastEventId: string): void {
    this.lastEventId = lastEventId;
    this.isNew = false;
    if (this.stands) this.at = this.order.indexOf('stream');
    else this.forget();
  }

  /**
   * "When a client receives HTTP 404 in response to a request containing an Mcp-Session-Id, it MUST start a new session
   * by sending a new InitializeRequest without a session ID attached."
   */
  beginAnew(): void {
    this.foreignEventId = this.lastEventId;
    this.forget();
  }

  /** The request that is due; null where nothing is left to say. */
  next(): McpStep | null {
    const { stage } = this;
    switch (stage) {
      case 'initialize':
        return this.request(stage, initializeParams(this.options.version));
      case 'notifications/initialized':
        return this.post(stage, rpcNotification(stage), null);
      case 'stream': {
        const lastEventId = this.lastEventId === this.foreignEventId ? '' : this.lastEventId;
        return { name: stage, method: 'GET', accept: 'text/event-stream', body: null, id: null, lastEventId };
      }
      case 'questions':
        return this.question();
      case 'end':
        return { name: stage, method: 'DELETE', accept: 'application/json', body: null, id: null, lastEventId: '' };
      case 'look':
        return this.request('ping');
      case undefined:
        return null;
    }
  }

  /** The client leaves for good: the session ends next. @returns whether there is one to end */
  leave(): boolean {
    const end = this.order.indexOf('end');
    if (this.id === null || end === -1) return false;
    this.at = end;
    return true;
  }

  /** The step that answers a `ping` of the server; null where a message is none. */
  respond(data: string): McpStep | null {
    const body = pingResponse(data);
    return body === null ? null : this.post('response', body, null);
  }

  /** The step that was due has been answered, or will not be. */
  took(name: McpStep['name'], heard: McpHeard): McpMeaning {
    const { stage } = this;
    const isDue = stage === 'questions' || stage === 'look' ? name === 'ping' || name === 'tools/list' : name === stage;
    if (!isDue) throw new Error(`an answer to ${name} came where ${stage ?? 'nothing'} was due`);
    switch (stage) {
      case 'initialize':
        return this.tookInitialize(heard);
      case 'stream':
        return this.tookStream(heard.status);
      case 'notifications/initialized':
        // It is to be 202; what other servers answer with is no reason to stay away.
        this.stands = isDone(heard);
        this.at += 1;
        return this.stands ? 'taken' : 'refused';
      case 'end':
        // Where the server does not end it, there is nothing to look for.
        this.at = isDone(heard) ? this.at + 1 : this.order.length;
        return isDone(heard) ? 'taken' : 'refused';
      default:
        if (stage === 'look') this.at += 1;
        else this.asked += 1;
        if (resultOf(heard) !== null) return 'taken';
        return heard.status === GONE && this.id !== null ? 'lost' : 'refused';
    }
  }

  /** The header fields of a step. @param given by the user */
  headers(given: Headers, { accept, body }: McpStep): Headers {
    const { id: sessionId, protocolVersion } = this;
    return mcpHeaders({ headers: given, accept, withBody: body !== null, sessionId, protocolVersion });
  }

  private tookInitialize(heard: McpHeard): McpMeaning {
    const result = resultOf(heard);
    if (result === null) return heard.status !== null && OLDER.has(heard.status) ? 'older' : 'refused';
    this.introduced(result, heard.sessionId);
    this.at += 1;
    return 'taken';
  }

  private tookStream(status: number | null): McpMeaning {
    if (status === GONE && this.id !== null && !this.isNew) return 'lost';
    this.at += 1;
    if (status === NO_STREAM) return 'no-stream';
    return status !== null && isRedirect(status) ? 'elsewhere' : 'taken';
  }

  private get order(): readonly Stage[] {
    return ORDERS[this.options.transport];
  }

  private get stage(): Stage | undefined {
    return this.order[this.at];
  }

  private question(): McpStep | null {
    const { questions } = this.options;
    if (questions === 'on' || (questions === 'once' && this.asked === 0)) return this.request('ping');
    return questions === 'once' && this.asked === 1 && this.hasTools ? this.request('tools/list') : null;
  }

  private request(name: PostStep, params?: JsonFields): McpStep {
    this.lastId += 1;
    return this.post(name, rpcRequest(this.lastId, name, params), this.lastId);
  }

  private post(name: PostStep, body: string, id: number | null): McpStep {
    const accept = this.options.transport === 'sse' ? 'application/json' : ACCEPT_ANSWER;
    return { name, method: 'POST', accept, body, id, lastEventId: '' };
  }

  /** What cannot go back in a header field is not kept; the older transport has no such fields. */
  private introduced({ protocolVersion, capabilities }: JsonFields, sessionId: string | undefined): void {
    this.isNew = true;
    this.hasTools = isFields(capabilities) && isFields(capabilities['tools']);
    if (this.options.transport === 'sse') return;
    if (typeof protocolVersion === 'string' && PROTOCOL_VERSION_TEXT.test(protocolVersion))
      this.protocolVersion = protocolVersion;
    if (sessionId !== undefined && SESSION_ID.test(sessionId)) this.id = sessionId;
  }

  private forget(): void {
    this.id = null;
    this.protocolVersion = null;
    this.stands = false;
    this.at = 0;
    this.asked = 0;
  }
}

function isDone({ status }: McpHeard): boolean {
  return status !== null && status >= 200 && status < 300;
}

function resultOf({ answer }: McpHeard): JsonFields | null {
  return answer !== null && 'result' in answer ? answer.result : null;
}
