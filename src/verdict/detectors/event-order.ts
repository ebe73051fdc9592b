import type { Detected } from '../../findings/finding.ts';
import { counted, type Detector } from '../finding.ts';
import type { RunRecord } from '../../measure/run-record.ts';
import type { CountName } from '../../measure/summary.ts';

/** What the ledger counts, each a finding of its own: they differ in the count, and in where to look. */
function ledgerDetector(
  id: Detector['id'],
  count: CountName,
  says: (events: string) => string,
  hint: string,
  afterStop: CountName | null = null,
): Detector {
  return {
    id,
    severity: 'fail',
    blamesTime: false,
    detect({ summary, server }: RunRecord): Detected | null {
      // What may be lost because we stood still is in the evidence of generator-saturated.
      const found = summary.counts[count] - (afterStop === null ? 0 : summary.counts[afterStop]);
      // What was on its way when the server died is not held against its accounts.
      if (found <= 0 || server.down !== null) return null;
      return {
        title: says(counted(found, 'event')),
        evidence: { [count]: found, received: summary.counts.eventsWithSeq },
        hint,
      };
    },
  };
}

export const eventLost: Detector = ledgerDetector(
  'event-lost',
  'lost',
  (events) => `${events} never arrived on streams that were open.`,
  'Look for a queue that drops when it is full, and for `write()` results that are ignored.',
  'lostAfterStop',
);

export const eventDuplicated: Detector = ledgerDetector(
  'event-duplicated',
  'duplicated',
  (events) => `${events} arrived twice.`,
  'Look for a client that is registered twice, and for a retry after `write()` returned false (the bytes were taken).',
);

export const eventReordered: Detector = ledgerDetector(
  'event-reordered',
  'reordered',
  (events) => `${events} arrived out of order.`,
  'Write the events of one stream from one place; look for two paths (replay and live, queue and direct).',
);

export const resumeLost: Detector = ledgerDetector(
  'resume-lost',
  'resumeLost',
  (events) => `${events} were missing after reconnecting with Last-Event-ID.`,
  'Keep events and replay those after the id; join history and live without a gap; tell the client what is no longer kept.',
  'resumeLostAfterStop',
);

export const resumeDuplicated: Detector = ledgerDetector(
  'resume-duplicated',
  'resumeDuplicated',
  (events) => `${events} came again after reconnecting with Last-Event-ID.`,
  'Replay only what comes after the id (not from it), and hold live events back until the history is sent.',
);
