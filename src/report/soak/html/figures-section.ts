/** The figures of a run that a reader looks for first, and the tables of clients and of times. */
import { fieldsText } from '../../../accounts/found-fields.ts';
import { CLIENT_KINDS } from '../../../core/client-kinds.ts';
import { METRIC_UNITS } from '../../../core/metric-units.ts';
import { formatCount, formatDuration, formatRate } from '../../../core/units.ts';
import { type Markup, markup } from '../../html-text.ts';
import type { SoakReport } from '../soak-report.ts';
import type { Times } from '../times.ts';
import { bytesText, countText, NOTHING, timeText } from './figure.ts';
import { table } from './table.ts';

interface KeyFigure {
  label: string;
  value: string;
  detail: string;
}

export function keyFigures(report: SoakReport): Markup {
  const figures = figuresOf(report).map(
    ({ label, value, detail }) =>
      markup`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="detail">${detail}</dd></div>\n`,
  );
  return markup`<section id="figures"><h2>Key figures</h2><dl class="figures">${figures}</dl></section>`;
}

function figuresOf({ clients, events, latencyMs, heartbeat, eviction, server, generator }: SoakReport): KeyFigure[] {
  const { growth, rssBytes } = server;
  return [
    {
      label: 'Clients connected',
      value: formatCount(clients.connected),
      detail: `of ${formatCount(clients.planned)}, at most ${formatCount(clients.peak)} at once`,
    },
    {
      label: 'Streams dropped',
      value: formatCount(clients.dropped),
      detail: `${formatCount(clients.refused)} attempts rejected, ${formatCount(clients.reconnects)} reconnected`,
    },
    {
      label: 'Events received',
      value: formatCount(events.received),
      detail: formatRate(events.ratePerSecond),
    },
    {
      label: 'Events lost',
      value: countText(events.lost),
      detail: `${countText(events.duplicated)} duplicated, ${countText(events.reordered)} reordered`,
    },
    {
      label: 'Latency p99',
      value: latencyMs.p99 === null ? 'not measured' : formatDuration(latencyMs.p99),
      detail: `p50 ${timeText(latencyMs.p50)}, max ${timeText(latencyMs.max)}`,
    },
    {
      label: 'Heartbeats',
      value: formatCount(heartbeat.count),
      detail: `${formatCount(heartbeat.late)} late, ${formatCount(heartbeat.missing)} missing`,
    },
    {
      label: 'Evicted in time',
      value:
        eviction.expected === 0
          ? 'not measured'
          : `${formatCount(eviction.evicted)} of ${formatCount(eviction.expected)}`,
      detail:
        eviction.expected + eviction.notMeasured === 0
          ? 'no client stopped reading'
          : `${formatCount(eviction.missed)} kept too long, ${formatCount(eviction.notMeasured)} not judged`,
    },
    {
      label: 'Memory of the server',
      value: rssBytes.peak === null ? 'not measured' : `${bytesText(rssBytes.peak)} peak`,
      detail:
        growth.bytesPerMinute === null || growth.verdict === 'inconclusive'
          ? 'no trend could be told'
          : `grows by ${METRIC_UNITS.bytesPerMinute.format(growth.bytesPerMinute)}`,
    },
    {
      label: 'Clients left over',
      value: countText(server.clientsAfter),
      detail: 'as the server counts, after all had left',
    },
    {
      label: 'Delay of the generator',
      value: formatDuration(generator.eventLoopDelayMs.p99),
      detail: `p99; max ${formatDuration(generator.eventLoopDelayMs.max)}`,
    },
  ];
}

export function clientTables({ clients }: SoakReport): Markup {
  const kinds = CLIENT_KINDS.flatMap((kind) => {
    const counts = clients.byKind[kind];
    return counts === undefined ? [] : [[kind, counts] as const];
  });
  return markup`<section id="clients"><h2>Clients</h2>
${table({
  label: 'Clients by kind',
  head: ['Kind', 'Planned', 'Connected', 'Dropped', 'Rejected', 'Reconnects'],
  rows: kinds.map(([kind, { planned, connected, dropped, refused, reconnects }]) => [
    kind,
    ...[planned, connected, dropped, refused, reconnects].map(formatCount),
  ]),
})}
<div class="pair">
${causes('Dropped by cause', clients.dropsByCause, 'No stream was dropped.')}
${causes('Rejected by cause', clients.refusalsByCause, 'No attempt was rejected.')}
${causes('How streams stood at the end', clients.ends, 'There were no clients.')}
</div></section>`;
}

/** Bars are drawn without a style of their own, which the page's policy forbids. */
function causes(title: string, counts: Readonly<Record<string, number>>, nothing: string): Markup {
  const sorted = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const most = sorted[0]?.[1] ?? 0;
  const bar = (count: number): Markup =>
    markup`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${((100 * count) / most).toFixed(1)}" height="8"/></svg>`;
  return markup`<div><h3>${title}</h3>${
    most === 0
      ? markup`<p>${nothing}</p>`
      : table({
          label: title,
          head: ['', 'Count', ''],
          rows: sorted.map(([cause, count]) => [markup`<code>${cause}</code>`, formatCount(count), bar(count)]),
          texts: [2],
        })
  }</div>\n`;
}

const COLUMNS = ['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;

export function timesTable(report: SoakReport): Markup {
  const rows = timesOf(report).filter(([, { count }]) => count > 0);
  return markup`<section id="times"><h2>Times</h2>${
    rows.length === 0
      ? markup`<p>No time was measured.</p>`
      : table({
          label: 'Times',
          head: ['', 'Samples', 'Mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'Max'],
          rows: rows.map(([label, times]) => [
            label,
            formatCount(times.count),
            timeText(times.mean),
            ...COLUMNS.map((name) => timeText(times[name])),
          ]),
        })
  }</section>`;
}

/** In the order in which a client meets them. */
function timesOf(report: SoakReport): [string, Times][] {
  const { answers, sessions, incidents } = report;
  return [
    ['connect', report.connectMs],
    ['response head', report.headersMs],
    ['first event', report.firstEventMs],
    ['latency, from when due', report.latencyMs],
    ['latency, from when sent', report.latencySentMs],
    ['first to last client', report.spreadMs],
    ['heartbeat interval', report.heartbeat.intervalMs],
    ['longest silence', report.silenceMs],
    ...(answers === null
      ? []
      : ([
          ['first token', answers.firstTokenMs],
          ['next token', answers.interTokenMs],
          ['answer', answers.answerMs],
        ] satisfies [string, Times][])),
    ...(sessions === null
      ? []
      : ([
          ['initialize', sessions.initializeMs],
          ['ping', sessions.pingMs],
        ] satisfies [string, Times][])),
    ['whole stream', report.completionMs],
    ['reconnect', report.reconnectMs],
    ['eviction', report.eviction.timeMs],
    ['recovery after an incident', incidents.recoveryMs],
    ['latency during incidents', incidents.latencyMs],
  ];
}

const SOURCES: Readonly<Record<string, string>> = {
  embedded: 'the built-in server',
  pid: 'its process',
  metrics: 'a URL that tells it',
  none: 'nowhere',
};

export function environmentTable({ environment, target, generator, fields, server }: SoakReport): Markup {
  const { node, platform, cpus, fdLimit } = environment;
  const rows: [string, string][] = [
    ['Node.js', node],
    ['Platform', platform],
    ['Processors', formatCount(cpus)],
    ['Descriptors a process may have open', fdLimit === null ? NOTHING : formatCount(fdLimit)],
    ['Load processes', formatCount(generator.processes)],
    [
      'Processor time of the load',
      `${formatDuration(generator.cpuSeconds * 1000)} (busiest: ${(generator.cpu * 100).toFixed(0)} % of one core)`,
    ],
    ['Memory of the load', bytesText(generator.rssBytes)],
    ['Server processes', target.embedded ? formatCount(target.processes) : NOTHING],
    [
      'Memory of the server read from',
      server.process === null
        ? (SOURCES[server.source] ?? server.source)
        : `${server.process.name} (pid ${server.process.pid})`,
    ],
    ['Proxy', target.proxy ?? 'none'],
    ['Read in the events', fieldsText(fields) || 'neither numbers nor times'],
  ];
  return markup`<section id="environment"><h2>Environment</h2>${table({
    label: 'Environment',
    head: ['', ''],
    rows,
    texts: [1],
  })}</section>`;
}
