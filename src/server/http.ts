/**
 * The endpoints around a stream server: which path is what, and which methods it knows.
 *
 * It declares what it needs of a stream server and knows nothing else of it, so the sound hub and the
 * faulty ones (faults/) stand behind the same endpoints. Paths match exactly, undecoded; nothing here
 * touches the file system; no answer has a client's address in it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptsEventStream } from './accept.ts';
import { answerJson, answerRefusal } from './answer.ts';
import type { CrossOrigin } from './cors.ts';
import { Dashboard, type DashboardSources } from './dashboard/dashboard.ts';
import { DASHBOARD_PATHS } from './dashboard/paths.ts';
import type { Gate } from './gate.ts';
import type { ClientDescription, ClientOrder, ComponentState, HubStats } from '../hub/stats.ts';
import { Metrics } from './metrics.ts';
import type { ProcessFigures } from './process-stats.ts';
import { Pipelines } from './pipelines.ts';
import { publishFrom } from './publish-request.ts';
import type { PublishWatch } from './publish-watch.ts';
import { hangUp } from '../hub/outlet.ts';
import { STREAM_HEADERS } from '../hub/stream-head.ts';

/** A server of streams, as the endpoints and the publisher see it. */
export interface StreamServer {
  readonly nextSeq: number;
  handle(req: IncomingMessage, res: ServerResponse): void;
  publish(event: { event?: string; data: string; id?: string }): string;
  /** In its place where the server shares a feed with others. */
  publishShared?(event: { event?: string; data: string; id?: string }): Promise<string>;
  readonly clients: { has(clientId: string): boolean };
  send(clientId: string, event: { event?: string; data: string }): boolean;
  remove(clientId: string): boolean;
  stats(): HubStats;
  ready(): Record<string, ComponentState>;
  describeClients(limit: number, order?: ClientOrder): ClientDescription[];
  close(options: { graceMs: number }): Promise<void>;
}

/** What the endpoints need beside it. */
export interface EndpointSources {
  stream: StreamServer;
  /** The stream server as publishers see it; the dashboard watches what goes through. */
  published: PublishWatch;
  streamPath: string;
  gate: Gate;
  crossOrigin: CrossOrigin;
  /** States of the components other than the stream server's own, for `/readyz`. */
  ready(): Record<string, ComponentState>;
  processFigures(): ProcessFigures;
  isDraining(): boolean;
  /** A client asked to be filled. */
  fill(res: ServerResponse, askedBytes: number): void;
  dashboard: Pick<DashboardSources, 'clock' | 'periodMs' | 'idlePeriodMs' | 'maxViewers' | 'faults'>;
}

interface Answering {
  req: IncomingMessage;
  res: ServerResponse;
  path: string;
  query: URLSearchParams;
  isHead: boolean;
}

interface Route {
  methods: readonly string[];
  answer(exchange: Answering): void | Promise<void>;
}

const DEFAULT_LISTED_CLIENTS = 100;
const MAX_LISTED_CLIENTS = 1000;
const CLIENT_PREFIX = '/clients/';

export class Endpoints {
  readonly #sources: EndpointSources;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #metrics: Metrics;
  readonly #pipelines = new Pipelines();
  /** Its owner starts and closes it; it has streams of its own. */
  readonly dashboard: Dashboard;
  readonly #oneClient: Route = { methods: ['DELETE'], answer: (exchange) => this.#removal(exchange) };

  constructor(sources: EndpointSources) {
    this.#sources = sources;
    this.#metrics = new Metrics({
      stats: () => sources.stream.stats(),
      processFigures: () => sources.processFigures(),
      components: () => this.#components(),
      isDraining: () => sources.isDraining(),
    });
    this.dashboard = new Dashboard({ ...sources, ...sources.dashboard, components: () => this.#components() });
    // A stream that was asked for at one of its paths stands there, and there is no page.
    const dashboardPaths = DASHBOARD_PATHS.includes(sources.streamPath) ? [] : DASHBOARD_PATHS;
    this.#routes = new Map([
      ['/healthz', page(({ res, isHead }) => answerJson(res, 200, { status: 'ok' }, { isHead }))],
      ['/readyz', page(({ res, isHead }) => this.#readiness(res, isHead))],
      [
        '/stats',
        page(({ res, isHead }) =>
          answerJson(res, 200, { ...sources.stream.stats(), ...sources.processFigures() }, { isHead }),
        ),
      ],
      ['/metrics', page((exchange) => this.#exposition(exchange))],
      ['/clients', page((exchange) => this.#clients(exchange))],
      ...dashboardPaths.map((path): [string, Route] => [
        path,
        page(({ req, res }) => this.dashboard.answer(req, res, path)),
      ]),
      ['/publish', { methods: ['POST'], answer: (exchange) => this.#publication(exchange) }],
      [sources.streamPath, page((exchange) => this.#stream(exchange))],
    ]);
  }

  /** Answers every request. */
  handle(req: IncomingMessage, res: ServerResponse): void {
    if (!this.#pipelines.admit(req, res)) {
      hangUp(req, res);
      return;
    }
    const url = req.url ?? '/';
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const query = new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt));
    const route = this.#routes.get(path) ?? (path.startsWith(CLIENT_PREFIX) ? this.#oneClient : undefined);
    const isHead = req.method === 'HEAD';
    this.#sources.crossOrigin.admit(req, res);
    // Over HTTP/2 there is no such field (RFC 9113, 8.2.2); its session is told to go (GOAWAY).
    if (this.#sources.isDraining() && req.httpVersionMajor === 1) res.setHeader('Connection', 'close');
    const strangeName = this.#sources.gate.checkName(req);
    if (strangeName !== null) {
      answerRefusal(res, strangeName);
      return;
    }
    if (route === undefined) {
      answerJson(
        res,
        404,
        { error: 'not-found', message: `not found; the stream is at ${this.#sources.streamPath}` },
        { isHead },
      );
      return;
    }
    const allow = [...route.methods, 'OPTIONS'].join(', ');
    if (req.method === 'OPTIONS') this.#sources.crossOrigin.preflight(res, allow);
    else if (!route.methods.includes(req.method ?? '')) {
      answerRefusal(res, {
        statusCode: 405,
        error: 'method-not-allowed',
        message: `${req.method} is not allowed for this path; use ${allow}`,
        headers: { Allow: allow },
      });
    } else void route.answer({ req, res, path, query, isHead });
  }

  #stream({ req, res, query, isHead }: Answering): void {
    if (!acceptsEventStream(req.headers.accept)) {
      answerJson(
        res,
        406,
        {
          error: 'not-acceptable',
          message: 'this path serves text/event-stream only; send Accept: text/event-stream',
        },
        { isHead },
      );
      return;
    }
    if (isHead) {
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
    const components = this.#components();
    const draining = this.#sources.isDraining();
    const ready = !draining && Object.values(components).every((component) => component.ready);
    answerJson(res, ready ? 200 : 503, { ready, draining, components }, { isHead });
  }

  #components(): Record<string, ComponentState> {
    return { ...this.#sources.ready(), ...this.#sources.stream.ready() };
  }

  async #exposition({ res, isHead }: Answering): Promise<void> {
    const { contentType, text } = await this.#metrics.exposition();
    res.writeHead(200, {
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    });
    res.end(isHead ? undefined : text);
  }

  #clients({ res, query, isHead }: Answering): void {
    const asked = query.get('limit');
    const limit = asked === null ? DEFAULT_LISTED_CLIENTS : Number(asked);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED_CLIENTS) {
      answerJson(
        res,
        400,
        { error: 'bad-limit', message: `limit must be a whole number from 1 to ${MAX_LISTED_CLIENTS}` },
        { isHead },
      );
      return;
    }
    const clients = this.#sources.stream.describeClients(limit);
    answerJson(res, 200, { connected: this.#sources.stream.stats().clients.connected, clients }, { isHead });
  }

  async #publication({ req, res }: Answering): Promise<void> {
    const { gate, published, stream } = this.#sources;
    const outcome =
      gate.check(req) ??
      (await publishFrom(req, {
        publish: (event) => published.publish(event),
        isHere: (clientId) => stream.clients.has(clientId),
        send: (clientId, event) => stream.send(clientId, event),
      }));
    if (outcome === null) return;
    if ('published' in outcome) answerJson(res, 200, outcome.published);
    else answerRefusal(res, outcome);
  }

  #removal({ req, res, path }: Answering): void {
    const refusal = this.#sources.gate.check(req);
    if (refusal !== null) answerRefusal(res, refusal);
    else if (this.#sources.stream.remove(path.slice(CLIENT_PREFIX.length))) res.writeHead(204).end();
    else
      answerJson(res, 404, {
        error: 'no-such-client',
        message: 'no such client; GET /clients lists the connected clients',
      });
  }
}

function page(answer: Route['answer']): Route {
  return { methods: ['GET', 'HEAD'], answer };
}
