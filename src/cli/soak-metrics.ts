/** `soak --metrics HOST:PORT`: a page for Prometheus while a soak runs. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { prometheusContentType } from 'prom-client';
import type { RunListener } from '../core/run-events.ts';
import type { ListenAddress } from '../options/values/listen-address.ts';
import { LiveMetrics } from '../report/soak/live-metrics.ts';
import { answer, type RunningPages, startPages, TEXT } from './own-pages.ts';

export interface ServedMetrics extends RunningPages {
  readonly listener: RunListener;
}

/** @throws {StartError} when it cannot listen */
export async function serveSoakMetrics(listen: ListenAddress, version: string): Promise<ServedMetrics> {
  const metrics = new LiveMetrics(version);
  const pages = await startPages('metrics', listen, (req, res) => void page(metrics, req, res));
  return { ...pages, listener: (event) => metrics.listen(event) };
}

async function page(metrics: LiveMetrics, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [path] = (req.url ?? '/').split('?', 1);
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    answer(res, 405, TEXT, 'GET and HEAD are allowed\n');
  } else if (path === '/metrics') answer(res, 200, prometheusContentType, await metrics.text());
  else if (path === '/healthz') answer(res, 200, 'application/json', '{"status":"ok"}\n');
  else answer(res, 404, TEXT, 'The pages are /metrics and /healthz.\n');
}
