import { ADVICE } from '../../findings/advice.ts';
import { counted, type Detected, type Detector } from '../finding.ts';
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
  ADVICE['event-lost'],
  'lostAfterStop',
);

export const eventDuplicated: Detector = ledgerDetector(
  'event-duplicated',
  'duplicated',
  (events) => `${events} arrived twice.`,
  ADVICE['event-duplicated'],
);

export const eventReordered: Detector = ledgerDetector(
  'event-reordered',
  'reordered',
  (events) => `${events} arrived out of order.`,
  ADVICE['event-reordered'],
);

export const resumeLost: Detector = ledgerDetector(
  'resume-lost',
  'resumeLost',
  (events) => `${events} were missing after reconnecting with Last-Event-ID.`,
  ADVICE['resume-lost'],
  'resumeLostAfterStop',
);

export const resumeDuplicated: Detector = ledgerDetector(
  'resume-duplicated',
  'resumeDuplicated',
  (events) => `${events} came again after reconnecting with Last-Event-ID.`,
  ADVICE['resume-duplicated'],
);
