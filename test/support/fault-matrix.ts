/**
 * Every known defect, the finding that must catch it, what may follow from it, and the shortest load that shows it.
 *
 * The seed fixes which client is of which kind: the first three that come, the victims of the
 * faults that hurt only some, are healthy ones.
 */
import { faults } from '../../src/server/faults/registry.ts';
import type { SoakReport } from './soak-report.ts';

export interface FaultCase {
  finding: string;
  /** Findings that come with it, since they are true as well. */
  followers?: string[];
  /** Findings that come with it sometimes: the same defect, where time and place make it show so too. */
  sometimes?: string[];
  clients?: number;
  rampS?: number;
  /** From the end of the ramp. */
  durationS: number;
  ratePerSecond?: number;
  /** Figures of the report beside what they must be. */
  exact?(report: SoakReport): [actual: unknown, expected: unknown][];
}

const VICTIMS = 3;
/** Healthy clients among 50 in the default mix. */
const HEALTHY = 46;

export const matrix: Record<string, FaultCase> = {
  naive: {
    finding: 'stale-client-kept',
    followers: ['client-leak', 'heartbeat-missing', 'resume-lost'],
    clients: 100,
    durationS: 14,
    exact: ({ eviction, server, clients }) => [
      [eviction, { expected: 2, evicted: 0, missed: 2 }],
      [server.clientsAfter, clients.connected + clients.reconnects + 1],
    ],
  },
  'no-heartbeat': {
    finding: 'heartbeat-missing',
    durationS: 8,
    exact: ({ heartbeat }) => [[heartbeat, { count: 0, late: 0, missing: HEALTHY }]],
  },
  'late-heartbeat': {
    finding: 'heartbeat-late',
    durationS: 10,
    exact: ({ heartbeat }) => [[heartbeat, { late: HEALTHY, missing: 0 }]],
  },
  'leak-clients': {
    finding: 'client-leak',
    durationS: 3,
    exact: ({ server, clients }) => [[server.clientsAfter, clients.connected + clients.reconnects + 1]],
  },
  // In a load of a minute also memory-growth.
  'leak-memory': { finding: 'memory-retained', durationS: 9 },
  'unbounded-queue': {
    finding: 'stale-client-kept',
    clients: 100,
    durationS: 14,
    exact: ({ eviction }) => [[eviction, { expected: 2, evicted: 0, missed: 2 }]],
  },
  'head-of-line': {
    finding: 'head-of-line-blocking',
    sometimes: ['heartbeat-late', 'heartbeat-missing', 'stale-client-kept'],
    durationS: 9,
  },
  'drop-events': {
    finding: 'event-lost',
    durationS: 3,
    exact: ({ events }) => [[events, { lost: VICTIMS * 7, duplicated: 0, reordered: 0 }]],
  },
  'duplicate-events': {
    finding: 'event-duplicated',
    durationS: 3,
    exact: ({ events }) => [[events, { lost: 0, duplicated: VICTIMS * 2, reordered: 0 }]],
  },
  'reorder-events': {
    finding: 'event-reordered',
    durationS: 3,
    exact: ({ events }) => [[events, { lost: 0, duplicated: 0, reordered: VICTIMS }]],
  },
  // Every return of the resuming and of the abrupt client.
  'resume-gap': {
    finding: 'resume-lost',
    durationS: 8,
    exact: ({ events, clients }) => [
      [events, { resumeLost: clients.reconnects, resumeDuplicated: 0, lost: clients.reconnects }],
    ],
  },
  'resume-duplicate': {
    finding: 'resume-duplicated',
    durationS: 8,
    exact: ({ events, clients }) => [[events, { resumeDuplicated: clients.reconnects, resumeLost: 0, lost: 0 }]],
  },
  'go-silent': {
    finding: 'silent-stream',
    followers: ['event-lost'],
    durationS: 9,
    exact: ({ findings }) => [[findings.find(({ id }) => id === 'silent-stream')?.evidence, { silent: VICTIMS }]],
  },
  'kick-healthy': {
    finding: 'client-dropped',
    durationS: 3,
    exact: ({ clients }) => [[clients, { dropped: VICTIMS, dropsByCause: { 'eof-clean': VICTIMS } }]],
  },
  'idle-cut': {
    finding: 'idle-cut',
    followers: ['client-dropped'],
    sometimes: ['reconnect-storm'],
    rampS: 2,
    durationS: 7,
    exact: ({ clients }) => [[clients, { dropped: HEALTHY }]],
  },
  // What is held back when the run ends has not arrived.
  buffered: { finding: 'buffered-stream', sometimes: ['event-lost'], durationS: 13 },
  compressed: {
    finding: 'compressed-stream',
    durationS: 3,
    exact: ({ findings, clients }) => [
      [
        findings.find(({ id }) => id === 'compressed-stream')?.evidence,
        { streams: clients.connected + clients.reconnects, byCoding: { gzip: clients.connected + clients.reconnects } },
      ],
    ],
  },
  'wrong-type': { finding: 'not-event-stream', durationS: 3 },
  'late-headers': { finding: 'late-headers', rampS: 4, durationS: 4, ratePerSecond: 1 },
  'refuse-under-load': {
    finding: 'connect-refused',
    durationS: 3,
    // 31 streams at the most at first: the one of the tool itself has gone by then.
    exact: ({ clients }) => [[clients.connected < 35 && clients.refused >= 15, true]],
  },
  crash: { finding: 'target-down', durationS: 8 },
  malformed: {
    finding: 'malformed-stream',
    followers: ['event-lost'],
    durationS: 3,
    exact: ({ events }) => [[events, { malformed: VICTIMS * 5, lost: VICTIMS * 2, duplicated: 0, reordered: 0 }]],
  },
  'endless-line': {
    finding: 'oversize-event',
    durationS: 3,
    exact: ({ findings }) => [
      [findings.find(({ id }) => id === 'oversize-event')?.evidence, { lines: VICTIMS, events: 0 }],
    ],
  },
};

export function soakArguments(
  fault: string,
  { clients = 50, rampS = 1, durationS, ratePerSecond = 5 }: FaultCase,
): string[] {
  return [
    'soak',
    '--fault',
    fault,
    '--clients',
    `${clients}`,
    '--ramp',
    `${rampS}s`,
    '--duration',
    `${durationS}s`,
    '--settle',
    '2s',
    '--seed',
    '7',
    `--server-arg=--rate=${ratePerSecond}/s`,
    '--server-arg=--evict-after=3s',
    '--json',
  ];
}

/** The matrix as docs/faults.md shows it. */
export function matrixMarkdown(): string {
  const rows = Object.entries(matrix).map(
    ([fault, { finding, followers = [], sometimes = [], rampS = 1, durationS }]) => {
      const others = [...followers.map((id) => `\`${id}\``), ...sometimes.map((id) => `(\`${id}\`)`)].join(', ');
      return `| \`${fault}\` | ${faults.get(fault)?.summary ?? ''} | \`${finding}\` | ${others} | ${rampS + durationS} s |`;
    },
  );
  return [
    '| fault | what is wrong | finding | and what follows (sometimes) | found in a load of |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
