import { counted } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Detector } from '../finding.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { CountName } from '../../record/summary.ts';

/** What the ledger counts, each a finding of its own: they differ in the count alone. */
interface LedgerFinding {
  id: Detector['id'];
  count: CountName;
  says: (events: string) => string;
  /** The part of `count` that may be our own doing. */
  afterStop?: CountName;
}

function ledgerDetector({ id, count, says, afterStop }: LedgerFinding): Detector {
  return {
    id,
    detect({ summary }: RunRecord): Detected | null {
      // What may be lost because we stood still is in the evidence of generator-saturated.
      const found = summary.counts[count] - (afterStop === undefined ? 0 : summary.counts[afterStop]);
      if (found <= 0) return null;
      return {
        title: says(counted(found, 'event')),
        evidence: { [count]: found, received: summary.counts.eventsWithSeq },
      };
    },
  };
}

export const eventLost: Detector = ledgerDetector({
  id: 'event-lost',
  count: 'lost',
  says: (events) => `${events} never arrived on streams that were open.`,
  afterStop: 'lostAfterStop',
});

export const eventDuplicated: Detector = ledgerDetector({
  id: 'event-duplicated',
  count: 'duplicated',
  says: (events) => `${events} arrived twice.`,
});

export const eventReordered: Detector = ledgerDetector({
  id: 'event-reordered',
  count: 'reordered',
  says: (events) => `${events} arrived out of order.`,
});

export const resumeLost: Detector = ledgerDetector({
  id: 'resume-lost',
  count: 'resumeLost',
  says: (events) => `${events} were missing after reconnecting with Last-Event-ID.`,
  afterStop: 'resumeLostAfterStop',
});

export const resumeDuplicated: Detector = ledgerDetector({
  id: 'resume-duplicated',
  count: 'resumeDuplicated',
  says: (events) => `${events} came again after reconnecting with Last-Event-ID.`,
});
