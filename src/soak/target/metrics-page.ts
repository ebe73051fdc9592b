/**
 * A page on which a server tells a figure of itself, Prometheus text or JSON, asked with a request of its own: no
 * redirect is followed (it would lead to something that nobody named), no content coding is asked for, an answer of more
 * than 1 MiB or after more than three seconds is none. Why there is no figure is data: what it means is the caller's.
 */
import { Agent, request } from 'undici';
import { basicAuthorization } from '../../core/basic-auth.ts';
import { type MetricsSelector, type MetricsSource, parseSelector } from '../../options/values/metrics-source.ts';
import type { TlsOptions } from '../../wire/tls.ts';
import { type MetricsReading, type NoReading, readMetrics, type Wanted } from './metrics-reading.ts';

const TIMEOUT_MS = 3000;
const MAX_BODY_BYTES = 1024 * 1024;
const ACCEPT = { json: 'application/json', prometheus: 'text/plain;version=0.0.4' } as const;

export type Trust = Omit<TlsOptions, 'servername'>;

/** Nobody answered with a page: for a sentence that begins with the URL. */
export interface NoAnswer {
  trouble: string;
}

export class MetricsPage {
  private readonly url: URL;
  private readonly selector: MetricsSelector;
  private readonly wanted: Wanted;
  private readonly headers: Record<string, string>;
  private readonly agent: Agent;

  constructor({ url, selector }: MetricsSource, wanted: Wanted, { ca, insecure }: Trust) {
    this.url = new URL(url);
    this.selector = parseSelector(selector);
    this.wanted = wanted;
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

  async look(): Promise<MetricsReading | NoReading | NoAnswer> {
    try {
      const { statusCode, headers, body } = await request(this.url, {
        dispatcher: this.agent,
        headers: this.headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await body.text();
      if (statusCode >= 300 && statusCode < 400)
        return { trouble: `returns a redirect (${statusCode}), which is not followed` };
      if (statusCode !== 200) return { trouble: `returns status ${statusCode}` };
      if ((headers['content-encoding'] ?? 'identity') !== 'identity')
        return { trouble: 'returns a content coding that was not requested' };
      return readMetrics(text, this.selector, this.wanted);
    } catch (error) {
      return { trouble: troubleOf(error) };
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function troubleOf(error: unknown): string {
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return `did not respond within ${TIMEOUT_MS / 1000} s`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return `returns more than ${MAX_BODY_BYTES} bytes`;
  if (code !== undefined) return `cannot be read (${code})`;
  throw error;
}
