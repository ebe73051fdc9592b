/**
 * The endpoints around a stream server: which path is what, and which methods it knows.
 *
 * It declares what it needs of a stream server and knows nothing else of it, so the sound hub and the
 * faulty ones (faults/) stand behind the same endpoints. Paths match exactly, undecoded; nothing here
 * touches the file system; no answer has a client's address in it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsEventStream } from './accept.ts';
import type { ClientDescription, ComponentState, HubStats } from './stats.ts';
import type { ProcessFigures } from './process-stats.ts';
import { STREAM_HEADERS } from './stream-head.ts';

/** A server of streams, as the endpoints and the publisher see it. */
export interface StreamServer {
  readonly nextSeq: number;
  handle(req: IncomingMessage, res: ServerResponse): void;
  publish(event: { event?: string; data: string; id?: string }): string;
  stats(): HubStats;
  ready(): Record<string, ComponentState>;
  describeClients(limit: number): ClientDescription[];
  close(options: { graceMs: number }): Promise<void>;
}

/** What the endpoints need beside it. */
export interface EndpointSources {
  stream: StreamServer;
  streamPath: string;
  /** Components other than the stream server's own. */
  ready(): Record<string, ComponentState>;
  processFigures(): ProcessFigures;
  isDraining(): boolean;
  /** A client asked to be filled. */
  fill(res: ServerResponse, askedBytes: number): void;
}

const DEFAULT_LISTED_CLIENTS = 100;
const MAX_LISTED_CLIENTS = 1000;
const ALLOWED_METHODS = 'GET, HEAD, OPTIONS';

export class Endpoints {
  readonly #sources: EndpointSources;
  readonly #pages: ReadonlyMap<string, (res: ServerResponse, query: URLSearchParams, isHead: boolean) => void>;

  constructor(sources: EndpointSources) {
    this.#sources = sources;
    this.#pages = new Map([
      ['/healthz', (res, _query, isHead) => this.#answer(res, 200, { status: 'ok' }, isHead)],
      ['/readyz', (res, _query, isHead) => this.#readiness(res, isHead)],
      ['/stats', (res, _query, isHead) => this.#answer(res, 200, { ...sources.stream.stats(), ...sources.processFigures() }, isHead)],
      ['/clients', (res, query, isHead) => this.#clients(res, query, isHead)],
    ]);
  }

  /** Answers every request. */
  handle(req: IncomingMessage, res: ServerResponse): void {
    const url = req.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt));
    const page = this.#pages.get(path);
    const isStream = path === this.#sources.streamPath;
    const isHead = req.method === 'HEAD';
    if (!isStream && page === undefined) {
      this.#answer(res, 404, { error: 'not-found', message: 'there is nothing here' }, isHead);
    } else if (req.method === 'OPTIONS') {
      res.writeHead(204, { Allow: ALLOWED_METHODS, 'Access-Control-Allow-Methods': ALLOWED_METHODS, 'Access-Control-Allow-Headers': 'Last-Event-ID' });
      res.end();
    } else if (req.method !== 'GET' && !isHead) {
      res.setHeader('Allow', ALLOWED_METHODS);
      this.#answer(res, 405, { error: 'method-not-allowed', message: `allowed are ${ALLOWED_METHODS}` }, false);
    } else if (page !== undefined) {
      page(res, query, isHead);
    } else {
      this.#stream(req, res, query);
    }
  }

  #stream(req: IncomingMessage, res: ServerResponse, query: URLSearchParams): void {
    if (!acceptsEventStream(req.headers.accept)) {
      this.#answer(res, 406, { error: 'not-acceptable', message: 'only text/event-stream is served here' }, req.method === 'HEAD');
      return;
    }
    if (req.method === 'HEAD') {
      res.writeHead(200, STREAM_HEADERS);
      res.end();
      return;
    }
    this.#sources.stream.handle(req, res);
    const askedBytes = Number(query.get('fill') ?? 0);
    const isOpen = res.headersSent && res.statusCode === 200 && !res.writableEnded;
    if (isOpen && Number.isSafeInteger(askedBytes) && askedBytes > 0) this.#sources.fill(res, askedBytes);
  }

  #readiness(res: ServerResponse, isHead: boolean): void {
    const components = { ...this.#sources.ready(), ...this.#sources.stream.ready() };
    const draining = this.#sources.isDraining();
    const ready = !draining && Object.values(components).every((component) => component.ready);
    this.#answer(res, ready ? 200 : 503, { ready, draining, components }, isHead);
  }

  #clients(res: ServerResponse, query: URLSearchParams, isHead: boolean): void {
    const asked = query.get('limit');
    const limit = asked === null ? DEFAULT_LISTED_CLIENTS : Number(asked);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED_CLIENTS) {
      this.#answer(res, 400, { error: 'bad-limit', message: `limit is a whole number from 1 to ${MAX_LISTED_CLIENTS}` }, isHead);
      return;
    }
    const clients = this.#sources.stream.describeClients(limit);
    this.#answer(res, 200, { connected: this.#sources.stream.stats().clients.connected, clients }, isHead);
  }

  #answer(res: ServerResponse, statusCode: number, body: unknown, isHead: boolean): void {
    const text = `${JSON.stringify(body)}\n`;
    res.writeHead(statusCode, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      ...(this.#sources.isDraining() ? { Connection: 'close' } : {}),
    });
    res.end(isHead ? undefined : text);
  }
}
