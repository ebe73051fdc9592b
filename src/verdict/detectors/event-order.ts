import { counted } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import { idIgnored, missingAfterReturn } from '../../findings/resuming.ts';
import { lossByStructure } from '../audience-loss.ts';
import type { Detector } from '../finding.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { CountName } from '../../record/summary.ts';

/** What the ledger counts, each a finding of its own: they differ in the count alone. */
interface LedgerFinding {
  id: Detector['id'];
  count: CountName;
  says: (events: number) => string;
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
        title: says(found),
        evidence: { [count]: found, received: summary.counts.eventsWithSeq },
      };
    },
  };
}

const lostToSome: Detector = ledgerDetector({
  id: 'event-lost',
  count: 'lost',
  says: (events) => `${counted(events, 'event')} never arrived on streams that were open.`,
  afterStop: 'lostAfterStop',
});

/** Who hears what explains a loss better than its number does, where it proves one. */
export const eventLost: Detector = {
  id: 'event-lost',
  detect(run) {
    const lost = lostToSome.detect(run);
    const byStructure = lossByStructure(run);
    if (byStructure === null || (lost !== null && byStructure.severity === 'warn')) return lost;
    return { ...byStructure, evidence: { ...lost?.evidence, ...byStructure.evidence } };
  },
};

export const eventDuplicated: Detector = ledgerDetector({
  id: 'event-duplicated',
  count: 'duplicated',
  says: (events) => `${counted(events, 'event')} arrived twice.`,
});

export const eventReordered: Detector = ledgerDetector({
  id: 'event-reordered',
  count: 'reordered',
  says: (events) => `${counted(events, 'event')} arrived out of order.`,
});

const lostByResuming: LedgerFinding = {
  id: 'resume-lost',
  count: 'resumeLost',
  says: missingAfterReturn,
  afterStop: 'resumeLostAfterStop',
};

export const resumeLost: Detector = {
  id: 'resume-lost',
  detect(run) {
    if (run.target.embedded || !isIdIgnored(run.summary.counts)) return ledgerDetector(lostByResuming).detect(run);
    const ignored = ledgerDetector({ ...lostByResuming, says: idIgnored }).detect(run);
    return ignored === null ? null : { ...ignored, severity: 'warn' };
  },
};

/** A few returns look like a replay by chance, where the newest event reached others first. */
const TOLERATED = 0.1;

/** The server never said that it replays, and it goes on with its newest event. */
function isIdIgnored({ replaysPromised, returnsAtHead, returnsInPast }: Record<CountName, number>): boolean {
  return replaysPromised === 0 && returnsAtHead > 0 && returnsInPast <= TOLERATED * returnsAtHead;
}

export const resumeDuplicated: Detector = ledgerDetector({
  id: 'resume-duplicated',
  count: 'resumeDuplicated',
  says: (events) => `${counted(events, 'event')} came again after reconnecting with Last-Event-ID.`,
});
