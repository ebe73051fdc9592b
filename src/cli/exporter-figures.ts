/** What an exporter says of itself on `/metrics`. */
import { ownResidentBytes } from '../core/own-memory.ts';
import { exposition, type Family, inSeconds, type Sample } from '../report/exposition.ts';
import type { ProbeResult } from '../probe/result.ts';

/** Why a request was not answered with a probe. */
export const REFUSALS = ['bad-request', 'not-allowed', 'busy'] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** How a probe ended: its verdict, or `abandoned` when the scraper went away. */
const OUTCOMES = ['ok', 'warning', 'critical', 'unknown', 'abandoned'] as const;
export type ProbeOutcome = ProbeResult['status'] | 'abandoned';

export class ExporterFigures {
  running = 0;
  private readonly outcomes = new Map<ProbeOutcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  private readonly refusals = new Map<RefusalReason, number>(REFUSALS.map((reason) => [reason, 0]));
  private probingMs = 0;
  private readonly version: string;
  private readonly maxProbes: number;

  constructor(version: string, maxProbes: number) {
    this.version = version;
    this.maxProbes = maxProbes;
  }

  probed(outcome: ProbeOutcome, tookMs: number): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.probingMs += tookMs;
  }

  refused(reason: RefusalReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  text(): Promise<string> {
    const { user, system } = process.cpuUsage();
    const residentBytes = ownResidentBytes();
    return exposition([
      family('sse_probe_exporter_build_info', 'gauge', 'Version of sse-probe', [
        { labels: { version: this.version, node: process.version }, value: 1 },
      ]),
      family('sse_probe_exporter_probes_running', 'gauge', 'Probes that are running', [{ value: this.running }]),
      family('sse_probe_exporter_probes_limit', 'gauge', 'Maximum number of concurrent probes', [
        { value: this.maxProbes },
      ]),
      family(
        'sse_probe_exporter_probes_total',
        'counter',
        'Probes that ended, by outcome',
        counts('outcome', this.outcomes),
      ),
      family('sse_probe_exporter_probe_seconds_total', 'counter', 'Total time of the probes that ended', [
        { value: inSeconds(this.probingMs) },
      ]),
      family(
        'sse_probe_exporter_refused_total',
        'counter',
        'Requests that were rejected, by reason',
        counts('reason', this.refusals),
      ),
      family('process_cpu_seconds_total', 'counter', 'CPU time, user and system', [{ value: (user + system) / 1e6 }]),
      ...(residentBytes === null
        ? []
        : [family('process_resident_memory_bytes', 'gauge', 'Resident memory', [{ value: residentBytes }])]),
      family('process_start_time_seconds', 'gauge', 'Start time of the process, in Unix time', [
        { value: inSeconds(performance.timeOrigin) },
      ]),
    ]);
  }
}

function family(name: string, type: Family['type'], help: string, samples: readonly Sample[]): Family {
  return { name, type, help, samples };
}

function counts(label: string, values: ReadonlyMap<string, number>): Sample[] {
  return [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));
}
