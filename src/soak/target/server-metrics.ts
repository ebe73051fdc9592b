/**
 * The memory of a server anywhere, by a URL that tells it: Prometheus text or JSON, asked once a second.
 *
 * Before the run what cannot be read is an error; during the run it is a gap, since a busy server is slow to tell, and
 * that the server is gone shows by its streams.
 */
import { UnreachableError, UsageError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { emptySample, type ServerOrigin, type ServerSample } from '../../memory/server-memory.ts';
import type { MetricsSource } from '../../options/values/metrics-source.ts';
import { MetricsPage, type Trust } from './metrics-page.ts';
import { MEMORY } from './metrics-reading.ts';
import type { ServerWatch } from './server-watch.ts';

/** No process of any kind has less: what is smaller counts something else than bytes. */
const LEAST_BYTES = 64 * 1024;

export class ServerMetrics implements ServerWatch {
  readonly origin: ServerOrigin = { source: 'metrics', memory: 'metric', queueLimits: null };
  readonly process = null;
  private readonly page: MetricsPage;
  private looking = false;

  private constructor(source: MetricsSource, trust: Trust) {
    this.page = new MetricsPage(source, MEMORY, trust);
  }

  /** @throws {UnreachableError} when nobody answers · {UsageError} when the answer has no such figure */
  static async open(source: MetricsSource, trust: Trust): Promise<ServerMetrics> {
    const metrics = new ServerMetrics(source, trust);
    const shown = `--server-metrics: ${printable(redactUrl(source.url))}`;
    const look = await metrics.page.look();
    if ('value' in look && look.value >= LEAST_BYTES) return metrics;
    await metrics.stop();
    if ('trouble' in look)
      throw new UnreachableError(`${shown} ${look.trouble}`, {
        hint: 'Check the URL, and that the server reports its memory there.',
      });
    if ('missing' in look) throw new UsageError(`${shown} ${look.missing}`, { hint: look.hint });
    throw new UsageError(`${shown} has the value ${look.value}, which is not the memory of a server in bytes`, {
      hint: 'Give a value in bytes after the #.',
    });
  }

  async sample(tMs: number): Promise<ServerSample | null> {
    if (this.looking) return null;
    this.looking = true;
    try {
      const look = await this.page.look();
      return 'value' in look && look.value > 0
        ? { ...emptySample(tMs), rssBytes: look.value, cpuSeconds: look.cpuSeconds, life: look.life }
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
    await this.page.close();
  }
}
