/**
 * `sse-probe probe --serve`: probes what Prometheus asks for, when it asks (the multi-target exporter pattern, as
 * blackbox_exporter has it). A probe that fails is an answer like any other: 200, with `probe_success 0`.
 *
 * Its callers choose where it connects to, so it goes only where its owner allows, redirects included; it runs a
 * bounded number of probes at once, each with an end, refuses the rest instead of letting them wait, and ends a probe
 * whose scraper has gone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { prometheusContentType } from 'prom-client';
import { SseProbeError } from '../core/errors.ts';
import type { CheckId, ProbeResult } from '../probe/result.ts';
import { probePrometheus } from '../report/probe/prometheus.ts';
import { probeText } from '../report/probe/text.ts';
import { PLAIN } from '../report/paint.ts';
import { isAllowedTarget } from '../options/values/allowed-target.ts';
import type { ExporterPlan } from '../options/exporter-options.ts';
import type { ListenAddress } from '../options/values/listen-address.ts';
import { ExporterFigures } from './exporter-figures.ts';
import { answer, type RunningPages, startPages, TEXT } from './own-pages.ts';
import { ProbeHistory } from './probe-history.ts';
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

export interface ExporterOptions extends Pick<ExporterPlan, 'allowedTargets' | 'maxProbes' | 'history'> {
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

const RETRY_AFTER_SECONDS = '5';
const HTML = 'text/html; charset=utf-8';
const PROBE_PATH = /^\/probes\/(\d{1,15})$/;

/** @throws {StartError} when it cannot listen */
export async function startExporter(options: ExporterOptions): Promise<RunningPages> {
  const exporter = new Exporter(options);
  const pages = await startPages('serve', options.listen, (req, res) => exporter.handle(req, res));
  return {
    url: pages.url,
    async close() {
      await exporter.stop();
      await pages.close();
    },
  };
}

class Exporter {
  private readonly options: ExporterOptions;
  private readonly figures: ExporterFigures;
  private readonly history: ProbeHistory;
  /** Each probe with what ends it. `AbortSignal.any` of one long signal would leave something behind for each. */
  private readonly running = new Map<Promise<void>, AbortController>();
  private isStopping = false;

  constructor(options: ExporterOptions) {
    this.options = options;
    this.figures = new ExporterFigures(options.version, options.maxProbes);
    this.history = new ProbeHistory(options.history);
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
    } else if (path === '/') {
      res.setHeader('Content-Security-Policy', "default-src 'none'");
      answer(res, 200, HTML, this.history.page());
    } else {
      const kept = this.history.find(Number(PROBE_PATH.exec(path)?.[1]));
      if (kept === undefined) answer(res, 404, TEXT, 'not found; use /, /probe?target=URL, /metrics or /healthz\n');
      else answer(res, 200, TEXT, kept.text);
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

  private async run(request: Omit<ProbeTask, 'mayVisit'> & { isDebug: boolean }, res: ServerResponse): Promise<void> {
    const startMs = performance.now();
    const result = await this.ask(request);
    if (typeof result === 'string') {
      this.figures.probed('unknown', performance.now() - startMs);
      answer(res, 500, TEXT, `${result}\n`);
      return;
    }
    const isAbandoned = result.endedBy === 'interrupted';
    this.figures.probed(isAbandoned ? 'abandoned' : result.status, performance.now() - startMs);
    if (isAbandoned) {
      answer(res, 503, TEXT, 'the exporter is stopping\n');
      return;
    }
    const { ignore } = this.options;
    const text = probeText(result, { paint: PLAIN, columns: null, quiet: false, ignore });
    this.history.keep(result, text);
    const metrics = await probePrometheus(result, { ignore });
    if (request.isDebug) answer(res, 200, TEXT, `${text}\nMetrics that Prometheus would get:\n\n${metrics}`);
    else answer(res, 200, prometheusContentType, metrics);
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

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
