/** A server of the Model Context Protocol over Streamable HTTP, small enough to misbehave on request. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface McpServerOptions {
  /** GET gets 405, as is allowed. */
  noStream?: boolean;
  /** Answers to requests come as a stream. */
  asStream?: boolean;
  /** The status of `initialize`. */
  initializeStatus?: number;
  /** In place of the result of `initialize`. */
  initializeError?: { code: number; message: string };
  /** DELETE gets 405, as is allowed. */
  noDelete?: boolean;
  /** Told of every request before it is answered; `null` answers as usual. */
  instead?: (asked: McpAsked) => number | null;
}

export interface McpAsked {
  /** GET, DELETE, or the method of JSON-RPC; `response` for an answer of the client. */
  what: string;
  session: string | null;
  lastEventId: string | null;
  protocolVersion: string | null;
}

export class McpServer {
  readonly asked: McpAsked[] = [];
  readonly sessions = new Set<string>();
  readonly streams = new Map<string, ServerResponse>();
  private readonly http: Server;
  private readonly options: McpServerOptions;

  private constructor(options: McpServerOptions) {
    this.options = options;
    this.http = createServer((request, response) => void this.answer(request, response));
  }

  static async start(options: McpServerOptions = {}): Promise<McpServer> {
    const server = new McpServer(options);
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    return server;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/mcp`;
  }

  count(what: string): number {
    return this.asked.filter((one) => one.what === what).length;
  }

  /** On all streams. */
  say(text: string): void {
    for (const stream of this.streams.values()) stream.write(text);
  }

  /** All streams break off. */
  drop(): void {
    for (const stream of this.streams.values()) stream.destroy();
    this.streams.clear();
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const field = (name: string): string | null => (request.headers[name] as string | undefined) ?? null;
    const message =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { id?: number; method?: string });
    const what = request.method === 'POST' ? (message.method ?? 'response') : String(request.method);
    const session = field('mcp-session-id');
    const asked = {
      what,
      session,
      lastEventId: field('last-event-id'),
      protocolVersion: field('mcp-protocol-version'),
    };
    this.asked.push(asked);
    const status = this.options.instead?.(asked) ?? null;
    if (status !== null) response.writeHead(status).end();
    else if (what === 'initialize') this.initialize(response, message.id ?? 0);
    else if (session === null) response.writeHead(400).end();
    else if (!this.sessions.has(session)) response.writeHead(404).end();
    else this.inSession(what, session, message.id ?? 0, response);
  }

  private initialize(response: ServerResponse, id: number): void {
    const { initializeStatus = 200, initializeError } = this.options;
    if (initializeStatus !== 200) {
      response.writeHead(initializeStatus).end();
      return;
    }
    const session = randomUUID();
    if (initializeError === undefined) this.sessions.add(session);
    this.reply(
      response,
      {
        id,
        ...(initializeError === undefined
          ? { result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'small', version: '1' } } }
          : { error: initializeError }),
      },
      { 'Mcp-Session-Id': session },
    );
  }

  private inSession(what: string, session: string, id: number, response: ServerResponse): void {
    const { noStream, noDelete } = this.options;
    if (what === 'GET' && noStream !== true) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': welcome\n\n');
      this.streams.set(session, response);
    } else if (what === 'DELETE' && noDelete !== true) {
      this.sessions.delete(session);
      response.writeHead(204).end();
    } else if (what === 'GET' || what === 'DELETE') response.writeHead(405).end();
    else if (what === 'ping') this.reply(response, { id, result: {} });
    else response.writeHead(202).end();
  }

  private reply(response: ServerResponse, message: object, headers: Record<string, string> = {}): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    if (this.options.asStream === true)
      response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' }).end(`data:\n\ndata: ${text}\n\n`);
    else response.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).end(text);
  }
}
