/**
 * A soak that runs, as Prometheus metrics: what `--metrics` serves. The figures are those of the live view. Labels are
 * our own words alone, so that no server and no plan can fill a Prometheus with series.
 */
import { ownResidentBytes } from '../../core/own-memory.ts';
import type { RunEvent, RunTick } from '../../core/run-events.ts';
import { exposition, type Family, inSeconds, type Sample } from '../exposition.ts';

const PHASES = ['starting', 'ramp', 'load', 'settling'] as const;
type Phase = (typeof PHASES)[number];

/** A listener of a run that keeps what its metrics say. */
export class LiveMetrics {
  private phase: Phase = 'starting';
  private tick: RunTick | null = null;
  private events = 0;
  private readonly version: string;

  constructor(version: string) {
    this.version = version;
  }

  listen(event: RunEvent): void {
    if (event.type === 'settling') this.phase = 'settling';
    if (event.type !== 'tick') return;
    this.phase = event.phase;
    this.tick = event;
    this.events += event.events;
  }

  text(): Promise<string> {
    const { tick, phase } = this;
    const { user, system } = process.cpuUsage();
    return exposition([
      gauge('sse_soak_build_info', 'The version that runs', [
        { labels: { version: this.version, node: process.version }, value: 1 },
      ]),
      gauge(
        'sse_soak_phase',
        'The phase of the run: 1 for the one that is, 0 for the others',
        PHASES.map((name) => ({ labels: { phase: name }, value: name === phase ? 1 : 0 })),
      ),
      gauge('sse_soak_elapsed_seconds', 'Time since the load began', [{ value: inSeconds(tick?.tMs ?? 0) }]),
      gauge('sse_soak_planned_seconds', 'Ramp and duration of the plan together', [
        { value: inSeconds(tick?.totalMs) },
      ]),
      gauge('sse_soak_clients', 'Streams that are open', [{ value: tick?.clients ?? 0 }]),
      gauge('sse_soak_clients_planned', 'Clients of the plan', [{ value: tick?.plannedClients ?? null }]),
      counter('sse_soak_events_received_total', 'Events that the clients received, together', this.events),
      counter('sse_soak_clients_dropped_total', "Streams that ended, and not by the client's doing", tick?.drops ?? 0),
      counter(
        'sse_soak_clients_evicted_total',
        'Clients that accepted nothing and that the server removed',
        tick?.evictions ?? 0,
      ),
      gauge('sse_soak_latency_seconds', 'From when an event was due until a client had it, in the last second', [
        { labels: { quantile: '0.5' }, value: inSeconds(tick?.latencyP50Ms) },
        { labels: { quantile: '0.99' }, value: inSeconds(tick?.latencyP99Ms) },
      ]),
      gauge('sse_soak_server_resident_memory_bytes', 'Resident memory of the server, where it can be read', [
        { value: tick?.serverRssBytes ?? null },
      ]),
      gauge('process_resident_memory_bytes', 'Resident memory of this process', [{ value: ownResidentBytes() }]),
      counter('process_cpu_seconds_total', 'CPU time of this process, user and system', (user + system) / 1e6),
    ]);
  }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, value: number): Family {
  return { name, type: 'counter', help, samples: [{ value }] };
}
