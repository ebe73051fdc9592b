/**
 * `/metrics` for Prometheus, written by prom-client: what `/stats` and `/readyz` say, under names that stay.
 *
 * Nothing is counted here: the figures are read when somebody asks. prom-client is loaded with this file, not by
 * the first question, which may come when no descriptor is left to read it with. What every process has goes by the
 * names that prom-client gives it everywhere, so that existing dashboards find it. No label has a client in it: neither
 * may a scrape tell who is connected, nor a series be born with each of them.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { ProcessFigures } from './process-stats.ts';
import type { ComponentState, HubStats } from '../hub/stats.ts';

/** Functions that give the figures at each scrape. */
export interface MetricSources {
  stats(): HubStats;
  processFigures(): ProcessFigures;
  components(): Record<string, ComponentState>;
  isDraining(): boolean;
}

type Labels = Record<string, string>;
type Samples = ReadonlyArray<readonly [value: number, labels?: Labels]>;

interface MetricRow {
  kind: 'counter' | 'gauge';
  help: string;
  label?: string;
  samples(now: Scrape): Samples;
}

/** One moment: all metrics of a scrape are of the same. */
interface Scrape {
  stats: HubStats;
  figures: ProcessFigures;
  components: Record<string, ComponentState>;
  draining: boolean;
}

const METRICS: Readonly<Record<string, MetricRow>> = {
  sse_probe_clients: {
    kind: 'gauge',
    help: 'Connected clients, by whether they accept data.',
    label: 'state',
    samples: ({ stats: { clients } }) => [
      [clients.accepting, { state: 'accepting' }],
      [clients.blocked, { state: 'blocked' }],
    ],
  },
  sse_probe_clients_peak: {
    kind: 'gauge',
    help: 'Maximum number of concurrent clients.',
    samples: ({ stats }) => [[stats.clients.peak]],
  },
  sse_probe_clients_accepted_total: {
    kind: 'counter',
    help: 'Streams opened.',
    samples: ({ stats }) => [[stats.clients.total]],
  },
  sse_probe_clients_refused_total: {
    kind: 'counter',
    help: 'Clients rejected with 503 because the server was full.',
    samples: ({ stats }) => [[stats.clients.refused]],
  },
  sse_probe_clients_evicted_total: {
    kind: 'counter',
    help: 'Clients evicted because they accepted no data, by reason.',
    label: 'reason',
    samples: ({ stats }) => Object.entries(stats.evicted).map(([reason, count]) => [count, { reason }]),
  },
  sse_probe_clients_expired_total: {
    kind: 'counter',
    help: 'Streams ended at the maximum age.',
    samples: ({ stats }) => [[stats.expired]],
  },
  sse_probe_queued_bytes: {
    kind: 'gauge',
    help: 'Bytes queued for clients.',
    samples: ({ stats }) => [[stats.queuedBytes]],
  },
  sse_probe_events_published_total: {
    kind: 'counter',
    help: 'Events published.',
    samples: ({ stats }) => [[stats.events.published]],
  },
  sse_probe_events_delivered_total: {
    kind: 'counter',
    help: 'Events written to clients, including replayed events.',
    samples: ({ stats }) => [[stats.events.delivered]],
  },
  sse_probe_events_dropped_total: {
    kind: 'counter',
    help: 'Events dropped because a client was too far behind.',
    samples: ({ stats }) => [[stats.events.dropped]],
  },
  sse_probe_events_replayed_total: {
    kind: 'counter',
    help: 'Events replayed from the history.',
    samples: ({ stats }) => [[stats.events.replayed]],
  },
  sse_probe_event_loop_delay_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop over the last 10 to 20 s.',
    label: 'quantile',
    samples: ({
      figures: {
        eventLoopDelayMs: { p50, p99, max },
      },
    }) => [
      [p50 / 1000, { quantile: '0.5' }],
      [p99 / 1000, { quantile: '0.99' }],
      [max / 1000, { quantile: '1' }],
    ],
  },
  sse_probe_ready: {
    kind: 'gauge',
    help: 'Whether a component is ready.',
    label: 'component',
    samples: ({ components }) =>
      Object.entries(components).map(([component, { ready }]) => [Number(ready), { component }]),
  },
  sse_probe_draining: {
    kind: 'gauge',
    help: 'Whether the server is shutting down.',
    samples: ({ draining }) => [[Number(draining)]],
  },
  sse_probe_uptime_seconds: {
    kind: 'gauge',
    help: 'Time since the start.',
    samples: ({ figures }) => [[figures.uptimeMs / 1000]],
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    help: 'Resident memory size in bytes.',
    samples: ({ figures: { memory } }) => (memory.rssBytes === null ? [] : [[memory.rssBytes]]),
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    help: 'Total user and system CPU time spent in seconds.',
    samples: ({ figures }) => [[figures.cpuSeconds]],
  },
  nodejs_heap_size_used_bytes: {
    kind: 'gauge',
    help: 'Process heap size used from Node.js in bytes.',
    samples: ({ figures }) => [[figures.memory.heapUsedBytes]],
  },
  nodejs_external_memory_bytes: {
    kind: 'gauge',
    help: 'Node.js external memory size in bytes.',
    samples: ({ figures }) => [[figures.memory.externalBytes]],
  },
};

export class Metrics {
  readonly #sources: MetricSources;
  readonly #registry = new Registry();
  #now: Scrape | null = null;

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.#register();
  }

  /** The figures of now, in the text format of Prometheus. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    const { stats, processFigures, components, isDraining } = this.#sources;
    this.#now = { stats: stats(), figures: processFigures(), components: components(), draining: isDraining() };
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #register(): void {
    for (const [name, { kind, help, label, samples }] of Object.entries(METRICS)) {
      const Metric = kind === 'counter' ? Counter : Gauge;
      const readNow = (): Samples => (this.#now === null ? [] : samples(this.#now));
      this.#registry.registerMetric(
        new Metric({
          name,
          help,
          labelNames: label === undefined ? [] : [label],
          registers: [],
          collect() {
            this.reset();
            for (const [value, labels = {}] of readNow()) this.inc(labels, value);
          },
        }),
      );
    }
  }
}
