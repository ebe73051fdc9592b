/**
 * `sse-probe probe --serve`: probes what Prometheus asks for, when it asks (the multi-target exporter pattern, as
 * blackbox_exporter has it). A probe that fails is an answer like any other: 200, with `probe_success 0`.
 *
 * Its callers choose where it connects to, so it goes only where its owner allows, redirects included; it runs a
 * bounded number of probes at once, each with an end, refuses the rest instead of letting them wait, and ends a probe
 * whose scraper has gone.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prometheusContentType } from 'prom-client';
import { SseProbeError, StartError } from '../core/errors.ts';
import { bracketed } from '../core/host.ts';
import type { CheckId, ProbeResult } from '../probe/result.ts';
import { probePrometheus } from '../report/probe/prometheus.ts';
import { isAllowedTarget } from '../options/values/allowed-target.ts';
import type { ExporterPlan, ListenAddress } from '../options/exporter-options.ts';
import { ExporterFigures } from './exporter-figures.ts';
import { type Allowance, budgetFor, readExporterRequest } from './exporter-request.ts';

/** One probe, as the exporter asks for it. */
export interface ProbeTask {
  target: URL;
  profile: string | null;
  /** The probe has answered by then. */
  budgetMs: number;
  /** Whether a redirect may lead there. */
  mayVisit: (url: URL) => boolean;
  /** Aborted when nobody waits for the result any more. */
  signal: AbortSignal;
}

export interface ExporterOptions extends Pick<ExporterPlan, 'allowedTargets' | 'maxProbes'> {
  listen: ListenAddress;
  /** Longest time of a probe, in milliseconds; a scraper may ask for less. */
  longestMs: number;
  profiles: Allowance['profiles'];
  /** Checks that do not count. */
  ignore: readonly CheckId[];
  version: string;
  /** Whether the probes that run hold all that they may. */
  isFull: () => boolean;
  probe: (task: ProbeTask) => Promise<ProbeResult>;
}

export interface RunningExporter {
  readonly url: string;
  /** Ends the probes that run. Resolves when nothing is open. */
  close(): Promise<void>;
}

/** Most open connections: enough for scrapers and people, too few for a flood. */
const MAX_CONNECTIONS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const RETRY_AFTER_SECONDS = '5';
const TEXT = 'text/plain; charset=utf-8';

/** @throws {StartError} when it cannot listen */
export async function startExporter(options: ExporterOptions): Promise<RunningExporter> {
  const exporter = new Exporter(options);
  const server = createServer(
    { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    (req, res) => exporter.handle(req, res),
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, options.listen);
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${bracketed(address)}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await exporter.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

class Exporter {
  private readonly options: ExporterOptions;
  private readonly figures: ExporterFigures;
  /** Each probe with what ends it. `AbortSignal.any` of one long signal would leave something behind for each. */
  private readonly running = new Map<Promise<void>, AbortController>();
  private isStopping = false;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.figures = new ExporterFigures(options.version, options.maxProbes);
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    const [path, query = ''] = (req.url ?? '/').split('?', 2) as [string, string?];
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      answer(res, 405, TEXT, 'use GET or HEAD\n');
    } else if (path === '/probe') {
      this.probe(new URLSearchParams(query), req, res);
    } else if (path === '/metrics') {
      void this.metrics(res);
    } else if (path === '/healthz') {
      answer(res, 200, 'application/json', '{"status":"ok"}\n');
    } else {
      answer(res, 404, TEXT, 'not found; use /probe?target=URL, /metrics or /healthz\n');
    }
  }

  /** Ends the probes that run. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const ending of this.running.values()) ending.abort();
    await Promise.all(this.running.keys());
  }

  private async metrics(res: ServerResponse): Promise<void> {
    answer(res, 200, prometheusContentType, await this.figures.text());
  }

  private probe(query: URLSearchParams, req: IncomingMessage, res: ServerResponse): void {
    const { allowedTargets, profiles, maxProbes } = this.options;
    const request = readExporterRequest(query, { targets: allowedTargets, profiles });
    if ('reason' in request) {
      this.figures.refused(request.reason);
      answer(res, request.statusCode, TEXT, `${request.message}\n`);
    } else if (this.running.size >= maxProbes || this.isStopping) {
      this.busy(res, `${maxProbes} probes are already running (--max-probes)`);
    } else if (this.running.size > 0 && this.options.isFull()) {
      this.busy(res, 'the running probes use all the memory they may hold');
    } else if (req.method === 'HEAD') {
      answer(res, 200, prometheusContentType, '');
    } else {
      const budgetMs = budgetFor(firstOf(req.headers['x-prometheus-scrape-timeout-seconds']), this.options.longestMs);
      const ending = new AbortController();
      res.once('close', () => ending.abort());
      const run = this.run({ ...request, budgetMs, signal: ending.signal }, res);
      this.running.set(run, ending);
      this.figures.running = this.running.size;
      void run.finally(() => {
        this.running.delete(run);
        this.figures.running = this.running.size;
      });
    }
  }

  private busy(res: ServerResponse, why: string): void {
    this.figures.refused('busy');
    res.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    answer(res, 503, TEXT, `${why}\n`);
  }

  private async run(request: Omit<ProbeTask, 'mayVisit'>, res: ServerResponse): Promise<void> {
    const startMs = performance.now();
    const result = await this.ask(request);
    if (typeof result === 'string') {
      this.figures.probed('unknown', performance.now() - startMs);
      answer(res, 500, TEXT, `${result}\n`);
      return;
    }
    const isAbandoned = result.endedBy === 'interrupted';
    this.figures.probed(isAbandoned ? 'abandoned' : result.status, performance.now() - startMs);
    if (isAbandoned) answer(res, 503, TEXT, 'the exporter is stopping\n');
    else answer(res, 200, prometheusContentType, await probePrometheus(result, { ignore: this.options.ignore }));
  }

  /** The result, or why there is none: what the exporter was started with makes no sense for this target. */
  private async ask(request: Omit<ProbeTask, 'mayVisit'>): Promise<ProbeResult | string> {
    try {
      return await this.options.probe({
        ...request,
        mayVisit: (url) => isAllowedTarget(url, this.options.allowedTargets),
      });
    } catch (error) {
      if (error instanceof SseProbeError) return error.message;
      throw error;
    }
  }
}

function answer(res: ServerResponse, statusCode: number, contentType: string, text: string): void {
  res.writeHead(statusCode, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  // Node sends no body in answer to HEAD.
  res.end(text);
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const hint =
        error.code === 'EADDRINUSE'
          ? 'Choose another port, or :0 for any free one.'
          : 'Choose an address of this machine, and a port of 1024 or above.';
      reject(
        new StartError(
          `--serve: cannot listen on ${host === null ? '' : bracketed(host)}:${port} (${error.code ?? error.message})`,
          { cause: error, hint },
        ),
      );
    };
    server.once('error', onError);
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
