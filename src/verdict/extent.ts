/** How far a defect went: to how many of the clients that could meet it it happened, and when. It ends the title of a finding. */
import type { ClientKind } from '../core/client-kinds.ts';
import { formatCount } from '../core/units.ts';
import type { FindingId } from '../findings/finding-rows.ts';
import type { Defect } from '../measure/defects.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Summary } from '../record/summary.ts';

/** Clients that read everything: events that others missed may be their own doing. */
const READERS: readonly ClientKind[] = ['healthy', 'slow', 'abrupt', 'resuming'];
/** The load processes look at their counts once a second. */
const ONE_MOMENT_MS = 2500;

interface Row {
  defect: Defect;
  /** The clients that could meet it. */
  kinds: readonly ClientKind[];
}

const ROWS: Partial<Record<FindingId, Row>> = {
  'event-lost': { defect: 'lost', kinds: READERS },
  'event-duplicated': { defect: 'duplicated', kinds: READERS },
  'event-reordered': { defect: 'reordered', kinds: READERS },
  'resume-lost': { defect: 'resumeLost', kinds: READERS },
  'resume-duplicated': { defect: 'resumeDuplicated', kinds: READERS },
  'heartbeat-late': { defect: 'heartbeatsLate', kinds: ['healthy'] },
  'heartbeat-missing': { defect: 'heartbeatsMissing', kinds: ['healthy'] },
  'silent-stream': { defect: 'silentStreams', kinds: ['healthy'] },
  'malformed-stream': { defect: 'malformed', kinds: READERS },
  'client-dropped': { defect: 'dropped', kinds: READERS },
  'connect-refused': { defect: 'refused', kinds: READERS },
  'not-event-stream': { defect: 'refused', kinds: READERS },
  'oversize-event': { defect: 'dropped', kinds: READERS },
};

/** Two findings share a defect that is counted once: to whom each of them happened is known where there is only one. */
const SHARED: Partial<Record<FindingId, (summary: Summary) => boolean>> = {
  'not-event-stream': ({ refusalsByCause }) => [...refusalsByCause.keys()].every(isWrongType),
  'connect-refused': ({ refusalsByCause }) => ![...refusalsByCause.keys()].some(isWrongType),
  'oversize-event': (summary) =>
    (summary.dropsByCause.get('line-limit') ?? 0) + (summary.dropsByCause.get('event-limit') ?? 0) ===
    summary.total('dropped'),
};

function isWrongType(cause: string): boolean {
  return cause.startsWith('content-type');
}

/** What is added to the evidence of a finding. */
export interface Extent {
  /** Clients that met the defect, of those that could. */
  clientsAffected?: number;
  ofClients?: number;
  /** It happened between these times, in milliseconds since the run began. */
  firstMs?: number;
  lastMs?: number;
}

/** Empty where nobody counted. */
export function extentOf({ summary }: RunRecord, id: FindingId): Extent {
  const row = ROWS[id];
  if (row === undefined || SHARED[id]?.(summary) === false) return {};
  const { defect, kinds } = row;
  const clients = summary.affected.get(defect) ?? 0;
  // Who is refused may never have been connected.
  const counted = defect === 'refused' ? 'planned' : 'connected';
  const ofClients = kinds.reduce((sum, kind) => sum + (summary.byKind.get(kind)?.[counted] ?? 0), 0);
  const onset = summary.onsets.of(defect);
  return {
    ...(clients === 0 ? {} : { clientsAffected: Math.min(clients, ofClients), ofClients }),
    ...(onset === null ? {} : { firstMs: Math.round(onset.firstMs), lastMs: Math.round(onset.lastMs) }),
  };
}

/** The title and a sentence behind it, like "It happened to 3 of 56 clients, between 4s and 13s into the run." */
export function withExtent(
  title: string,
  { clientsAffected, ofClients, firstMs, lastMs }: Extent,
  endMs: number,
): string {
  const parts: string[] = [];
  if (clientsAffected !== undefined && ofClients !== undefined)
    parts.push(
      `to ${clientsAffected === ofClients ? 'all' : `${formatCount(clientsAffected)} of`} ${formatCount(ofClients)} clients`,
    );
  if (firstMs !== undefined && lastMs !== undefined) parts.push(whenText(firstMs, lastMs, endMs));
  return parts.length === 0 ? title : `${title} It happened ${parts.join(', ')}.`;
}

function whenText(firstMs: number, lastMs: number, endMs: number): string {
  const [first, last] = [firstMs, lastMs].map((ms) => `${Math.round(ms / 1000)}s`);
  if (lastMs - firstMs <= ONE_MOMENT_MS) return `about ${last} into the run`;
  if (lastMs < endMs - ONE_MOMENT_MS) return `between ${first} and ${last} into the run`;
  return firstMs < ONE_MOMENT_MS ? 'all through the run' : `from ${first} into the run until its end`;
}
