/**
 * The memory of a server anywhere, by a URL that tells it: Prometheus text or JSON.
 *
 * Asked once a second with a request of its own: no redirect is followed (it would lead to something that
 * nobody named), no content coding is asked for, an answer of more than 1 MiB or after more than three seconds
 * is none. Before the run what cannot be read is an error; during the run it is a gap, since a busy server is
 * slow to tell, and that the server is gone shows by its streams.
 */
import { Agent, request } from 'undici';
import { basicAuthorization } from '../../core/basic-auth.ts';
import { UnreachableError, UsageError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { emptySample, type ServerOrigin, type ServerSample } from '../../memory/server-memory.ts';
import { type MetricsSelector, type MetricsSource, parseSelector } from '../../options/values/metrics-source.ts';
import type { TlsOptions } from '../../wire/tls.ts';
import { type MetricsReading, type NoReading, readMetrics } from './metrics-reading.ts';
import type { ServerWatch } from './server-watch.ts';

const TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 1024 * 1024;
/** No process of any kind has less: what is smaller counts something else than bytes. */
const LEAST_BYTES = 64 * 1024;
const ACCEPT = { json: 'application/json', prometheus: 'text/plain;version=0.0.4' } as const;

export class ServerMetrics implements ServerWatch {
  readonly origin: ServerOrigin = { source: 'metrics', memory: 'metric', queueLimits: null };
  readonly process = null;
  private readonly url: URL;
  private readonly selector: MetricsSelector;
  private readonly headers: Record<string, string>;
  private readonly agent: Agent;
  private looking = false;

  private constructor({ url, selector }: MetricsSource, { ca, insecure }: Omit<TlsOptions, 'servername'>) {
    this.url = new URL(url);
    this.selector = parseSelector(selector);
    const authorization = basicAuthorization(this.url);
    this.headers = {
      accept: ACCEPT[this.selector.form],
      'accept-encoding': 'identity',
      ...(authorization === undefined ? {} : { authorization }),
    };
    this.url.username = '';
    this.url.password = '';
    this.agent = new Agent({
      connections: 1,
      maxResponseSize: MAX_BODY_BYTES,
      connect: { timeout: TIMEOUT_MS, rejectUnauthorized: insecure !== true, ...(ca === undefined ? {} : { ca }) },
    });
  }

  /** @throws {UnreachableError} when nobody answers · {UsageError} when the answer has no such figure */
  static async open(source: MetricsSource, trust: Omit<TlsOptions, 'servername'>): Promise<ServerMetrics> {
    const metrics = new ServerMetrics(source, trust);
    const shown = `--server-metrics: ${printable(redactUrl(source.url))}`;
    const look = await metrics.look();
    if ('bytes' in look && look.bytes >= LEAST_BYTES) return metrics;
    await metrics.stop();
    if ('trouble' in look)
      throw new UnreachableError(`${shown} ${look.trouble}`, {
        hint: 'Check the URL, and that the server tells its memory there.',
      });
    if ('missing' in look) throw new UsageError(`${shown} ${look.missing}`, { hint: look.hint });
    throw new UsageError(`${shown} says ${look.bytes}, which is no server's memory in bytes`, {
      hint: 'Name a figure in bytes behind the #.',
    });
  }

  async sample(tMs: number): Promise<ServerSample | null> {
    if (this.looking) return null;
    this.looking = true;
    try {
      const look = await this.look();
      return 'bytes' in look && look.bytes > 0
        ? { ...emptySample(tMs), rssBytes: look.bytes, cpuSeconds: look.cpuSeconds, life: look.life }
        : null;
    } finally {
      this.looking = false;
    }
  }

  down(): null {
    return null;
  }

  async ended(): Promise<null> {
    return null;
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
  }

  private async look(): Promise<MetricsReading | NoReading | { trouble: string }> {
    try {
      const { statusCode, headers, body } = await request(this.url, {
        dispatcher: this.agent,
        headers: this.headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await body.text();
      if (statusCode >= 300 && statusCode < 400)
        return { trouble: `answers with a redirect (${statusCode}), which is not followed` };
      if (statusCode !== 200) return { trouble: `answers with status ${statusCode}` };
      if ((headers['content-encoding'] ?? 'identity') !== 'identity')
        return { trouble: 'answers with a content coding that was not asked for' };
      return readMetrics(text, this.selector);
    } catch (error) {
      return { trouble: troubleOf(error) };
    }
  }
}

function troubleOf(error: unknown): string {
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return `did not answer within ${TIMEOUT_MS / 1000} s`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return `answers with more than ${MAX_BODY_BYTES} bytes`;
  if (code !== undefined) return `cannot be read (${code})`;
  throw error;
}
