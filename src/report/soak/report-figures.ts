/** The key figures of a run and its distributions of times as rows of text, from the JSON report: for reports with tables. */
import { counted, formatBytes, formatCount, formatDuration, formatRate } from '../../core/units.ts';
import { METRIC_UNITS } from '../../core/metric-units.ts';
import type { SoakReport } from './soak-report.ts';
import type { Times } from './times.ts';

export const SHOWN_PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'max'] as const;

/** Each figure under its name. What was not measured is left out, or says so. Causes may be text of a server. */
export function keyFigures(report: SoakReport): [name: string, figures: string][] {
  const { clients, events, bytes, heartbeat, eviction, incidents, generator, answers, sessions } = report;
  return [
    [
      'clients',
      `${formatCount(clients.connected)} of ${formatCount(clients.planned)} connected, ${formatCount(clients.peak)} at most at once, ${counted(clients.reconnects, 'reconnect')}`,
    ],
    [
      'drops',
      `${formatCount(clients.dropped)} dropped${causes(clients.dropsByCause)}, ${formatCount(clients.refused)} rejected${causes(clients.refusalsByCause)}`,
    ],
    ['events', `${formatCount(events.received)} received (${formatRate(events.ratePerSecond)}), ${account(events)}`],
    ['bytes', `${formatBytes(bytes.received)} received (${formatBytes(bytes.ratePerSecond)}/s)`],
    ...(answers === null
      ? []
      : [
          ['answers', `${formatCount(answers.completed)} complete, ${formatCount(answers.failed)} failed`] as [
            string,
            string,
          ],
        ]),
    ...(sessions === null
      ? []
      : [
          ['sessions', `${formatCount(sessions.opened)} opened, ${formatCount(sessions.refused)} rejected`] as [
            string,
            string,
          ],
        ]),
    [
      'heartbeats',
      heartbeat.count === 0
        ? 'none'
        : `${formatCount(heartbeat.count)} received, ${formatCount(heartbeat.late)} late, ${formatCount(heartbeat.missing)} missing`,
    ],
    ...(eviction.expected === 0
      ? []
      : [
          [
            'evictions',
            `${formatCount(eviction.evicted)} of ${formatCount(eviction.expected)} in time, ${formatCount(eviction.missed)} kept longer than ${formatDuration(eviction.withinMs)}`,
          ] as [string, string],
        ]),
    ...(incidents.count === 0
      ? []
      : [
          [
            'incidents',
            `${formatCount(incidents.count)} as planned, ${formatCount(incidents.notRecovered)} clients not back`,
          ] as [string, string],
        ]),
    ...memory(report),
    [
      'generator',
      `${formatDuration(generator.cpuSeconds * 1000)} CPU, ${formatBytes(generator.rssBytes)} RSS, event loop delay p99 ${formatDuration(generator.eventLoopDelayMs.p99)}`,
    ],
  ];
}

/** The distributions that have samples, in the order in which a client meets them. */
export function measuredTimes(report: SoakReport): [name: string, times: Times][] {
  const { answers, sessions } = report;
  const all: [string, Times | undefined][] = [
    ['latency', report.latencyMs],
    ['first token', answers?.firstTokenMs],
    ['next token', answers?.interTokenMs],
    ['answer', answers?.answerMs],
    ['initialize', sessions?.initializeMs],
    ['ping', sessions?.pingMs],
    ['completion', report.completionMs],
    ['connect', report.connectMs],
    ['headers', report.headersMs],
    ['first event', report.firstEventMs],
    ['reconnect', report.reconnectMs],
    ['heartbeat interval', report.heartbeat.intervalMs],
    ['eviction', report.eviction.timeMs],
  ];
  return all.filter((row): row is [string, Times] => row[1] !== undefined && row[1].count > 0);
}

function account({ lost, duplicated, reordered }: SoakReport['events']): string {
  if (lost === null || duplicated === null) return 'loss and duplicates not measured';
  const order = reordered === null ? 'order not judged' : `${formatCount(reordered)} reordered`;
  return `${formatCount(lost)} lost, ${formatCount(duplicated)} duplicated, ${order}`;
}

function memory({ server }: SoakReport): [string, string][] {
  const { baseline, peak, settled } = server.rssBytes;
  if (server.down !== null) return [['server', `went away: ${server.down}`]];
  if (peak === null) return [];
  const { verdict, bytesPerMinute } = server.growth;
  // A run of seconds has no trend.
  const isKnown = bytesPerMinute !== null && verdict !== 'inconclusive';
  const growth = !isKnown ? '' : `; growth ${METRIC_UNITS.bytesPerMinute.format(bytesPerMinute)}`;
  const left = server.clientsAfter === null ? '' : `; ${counted(server.clientsAfter, 'client')} counted after all left`;
  return [
    [
      'server memory',
      `${bytesOf(baseline)} before, ${formatBytes(peak)} peak, ${bytesOf(settled)} after${growth}${left}`,
    ],
  ];
}

function bytesOf(bytes: number | null): string {
  return bytes === null ? 'unknown' : formatBytes(bytes);
}

function causes(counts: Readonly<Record<string, number>>): string {
  const all = Object.entries(counts);
  return all.length === 0 ? '' : ` (${all.map(([cause, count]) => `${formatCount(count)} ${cause}`).join(', ')})`;
}
