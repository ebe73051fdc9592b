/** The charts of clients, events, and how streams ended. */
import { CAUSES, type Cause } from '../../../core/causes.ts';
import { CLIENT_KINDS, type ClientKind } from '../../../core/client-kinds.ts';
import { counted, formatCount } from '../../../core/units.ts';
import type { OpenByKind, SeriesPoint } from '../../../record/series-point.ts';
import type { SoakReport } from '../soak-report.ts';
import type { TimeChart, TimeLine } from './time-chart.ts';

const OPEN: Readonly<Record<ClientKind, keyof OpenByKind>> = {
  healthy: 'openHealthy',
  slow: 'openSlow',
  stalled: 'openStalled',
  vanished: 'openVanished',
  abrupt: 'openAbrupt',
  resuming: 'openResuming',
};

export function streamCharts(report: SoakReport): TimeChart[] {
  return [byKind(report), byState(report), events(report), endings(report), causes(report), evictions(report)];
}

function byKind({ clients }: SoakReport): TimeChart {
  const kinds = CLIENT_KINDS.filter((kind) => (clients.byKind[kind]?.planned ?? 0) > 0);
  return {
    id: 'clients-by-kind',
    title: 'Clients by kind',
    about: 'Open streams, by what their client does.',
    unit: 'count',
    lines: kinds.map((kind): TimeLine => ({ label: kind, read: (point) => point[OPEN[kind]] })),
    instead: kinds.length === 0 ? 'No client was planned.' : null,
  };
}

function byState({ clients, series }: SoakReport): TimeChart {
  const isCounted = series.some(({ serverClients }) => serverClients !== null);
  const isBlockedCounted = series.some(({ serverBlocked }) => serverBlocked !== null);
  return {
    id: 'clients-by-state',
    title: 'Clients by state',
    about: isCounted
      ? 'What the clients have open, and what the server counts at about the same moment.'
      : 'What the clients have open. The server does not tell how many it counts.',
    unit: 'count',
    lines: [
      { label: 'open', read: (point) => point.clients },
      { label: 'connecting', read: (point) => point.connecting },
      { label: 'waiting to reconnect', read: (point) => point.waiting },
      ...(isCounted ? [{ label: 'counted by the server', read: (point: SeriesPoint) => point.serverClients }] : []),
      ...(isBlockedCounted
        ? [{ label: 'blocked at the server', read: (point: SeriesPoint) => point.serverBlocked }]
        : []),
    ],
    instead: clients.planned === 0 ? 'No client was planned.' : null,
  };
}

function events({ events: { received } }: SoakReport): TimeChart {
  return {
    id: 'events',
    title: 'Events',
    about: 'Events received a second, all clients together.',
    unit: 'perSecond',
    lines: [{ label: 'events', read: (point, seconds) => point.events / seconds }],
    instead: received === 0 ? 'No client received an event.' : null,
  };
}

function endings({ clients, series }: SoakReport): TimeChart {
  const isQuiet = series.every(({ drops, refused, reconnects }) => drops + refused + reconnects === 0);
  return {
    id: 'drops',
    title: 'Drops and reconnects',
    about:
      'How many a second: streams that ended and not by the client’s doing, attempts that were rejected, and streams that opened again. Drops during an incident are the incident’s, and not counted here.',
    unit: 'perSecond',
    lines: [
      { label: 'dropped', read: (point, seconds) => point.drops / seconds },
      { label: 'rejected', read: (point, seconds) => point.refused / seconds },
      { label: 'reconnected', read: (point, seconds) => point.reconnects / seconds },
    ],
    instead:
      isQuiet && clients.dropped + clients.refused === 0
        ? 'None: no stream was dropped, no attempt was rejected, and no client reconnected.'
        : null,
  };
}

/** A report of an earlier version, or drops behind the last point. */
const NO_CAUSES =
  'The series of this report has no causes; the drops by cause of the whole run are in the table of clients.';

/** The most lines of one chart: as many as differ without colour. The rarest causes share the last one. */
const MOST_CAUSES = 6;

function causes({ clients, series }: SoakReport): TimeChart {
  const totals = new Map<Cause, number>();
  for (const { dropsByCause } of series)
    for (const cause of Object.keys(dropsByCause ?? {}) as Cause[])
      totals.set(cause, (totals.get(cause) ?? 0) + (dropsByCause?.[cause] ?? 0));
  const sorted = [...totals].toSorted(([, one], [, other]) => other - one).map(([cause]) => cause);
  const named = sorted.length > MOST_CAUSES ? sorted.slice(0, MOST_CAUSES - 1) : sorted;
  const others = sorted.slice(named.length);
  const meanings = named.map((cause) => `${cause}: ${CAUSES[cause].says}`).join('; ');
  return {
    id: 'drops-by-cause',
    title: 'Drops by cause',
    about: `How many streams a second ended and not by the client’s doing, by cause.${meanings === '' ? '' : ` ${meanings}.`}`,
    unit: 'perSecond',
    lines: [
      ...named.map((cause) => lineOf(cause, [cause])),
      ...(others.length === 0 ? [] : [lineOf('other causes', others)]),
    ],
    instead: sorted.length > 0 ? null : clients.dropped > 0 ? NO_CAUSES : 'No stream was dropped.',
  };
}

function lineOf(label: string, causesOfLine: readonly Cause[]): TimeLine {
  return {
    label,
    read: ({ dropsByCause }, seconds) =>
      causesOfLine.reduce((sum, cause) => sum + (dropsByCause?.[cause] ?? 0), 0) / seconds,
  };
}

function evictions({ eviction: { expected, evicted, missed, notMeasured } }: SoakReport): TimeChart {
  const said =
    expected + evicted + missed > 0
      ? null
      : notMeasured > 0
        ? `Not measured: whether the server evicts ${counted(notMeasured, 'client')} that took nothing.`
        : 'Not measured: no client of this run had to be evicted.';
  return {
    id: 'evictions',
    title: 'Evictions',
    about: `Clients that the server had to remove and did remove, counted from the start.${said === null ? ` In time: ${formatCount(evicted)} of ${formatCount(expected)}; kept too long: ${formatCount(missed)}.` : ''}`,
    unit: 'count',
    isStepped: true,
    lines: [{ label: 'evicted', read: (point) => point.evictions }],
    instead: said,
  };
}
