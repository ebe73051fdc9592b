import { exampleIn } from '../../accounts/event-examples.ts';
import { counted } from '../../core/units.ts';
import type { ExampleOf } from '../../findings/event-example.ts';
import type { Detected } from '../../findings/finding.ts';
import { againAfterReturn, lateAfterReturn, ORDER_ADVICE } from '../../findings/resuming.ts';
import { lossByStructure } from '../audience-loss.ts';
import type { Detector } from '../finding.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { CountName } from '../../record/summary.ts';

/** What the ledger counts, each a finding of its own: they differ in the count alone. */
interface LedgerFinding {
  id: Detector['id'];
  count: ExampleOf;
  says: (events: number) => string;
  /** The part of `count` that may be our own doing. */
  afterStop?: CountName;
}

function ledgerDetector({ id, count, says, afterStop }: LedgerFinding): Detector {
  return {
    id,
    detect({ summary }: RunRecord): Detected | null {
      // What may be lost because we stood still is in the evidence of generator-saturated.
      const excused = afterStop === undefined ? 0 : summary.counts[afterStop];
      const found = summary.counts[count] - excused;
      if (found <= 0) return null;
      return {
        title: says(found),
        evidence: { [count]: found, received: summary.counts.eventsWithSeq },
        // Where a part of it may be our own doing, it is not known of which events.
        example: excused > 0 ? null : exampleIn(summary.eventExamples, count),
      };
    },
  };
}

const lostByAny = ledgerDetector({
  id: 'event-lost',
  count: 'lost',
  says: (events) => `${counted(events, 'event')} never arrived on streams that were open.`,
  afterStop: 'lostAfterStop',
});

/** Who hears what explains a loss better than its number does, where it proves one. */
export const eventLost: Detector = {
  id: 'event-lost',
  detect(run) {
    const lost = lostByAny.detect(run);
    const byStructure = lossByStructure(run);
    if (byStructure === null || (lost !== null && byStructure.severity === 'warn')) return lostBySlow(run, lost);
    const quotesOne = byStructure.evidence['structure'] === 'groups';
    return {
      ...byStructure,
      evidence: { ...lost?.evidence, ...byStructure.evidence },
      example: quotesOne ? null : (lost?.example ?? null),
    };
  },
};

/** The same loss, said of the clients that read slowly where no other client has lost any. */
function lostBySlow({ summary }: RunRecord, lost: Detected | null): Detected | null {
  const { slowLosers, otherLosers } = summary.counts;
  const slow = summary.byKind.get('slow')?.connected ?? 0;
  if (lost === null || slowLosers === 0 || otherLosers > 0) return lost;
  return {
    ...lost,
    title: `${lost.title.slice(0, -1)}, all by slow clients (${slowLosers} of ${slow}); other clients lost none.`,
    evidence: { ...lost.evidence, slowLosers, slow },
    hint: SLOW_ADVICE,
  };
}

const SLOW_ADVICE =
  'The server silently drops events of clients that do not read them in time. End such a stream, so that the client resumes with its Last-Event-ID and gets the missed events, or tell the client what was dropped (`event: missed`).';

export const eventDuplicated: Detector = ledgerDetector({
  id: 'event-duplicated',
  count: 'duplicated',
  says: (events) => `${counted(events, 'event')} arrived twice.`,
});

export const eventReordered: Detector = {
  id: 'event-reordered',
  detect({ summary: { counts, eventExamples } }: RunRecord): Detected | null {
    const { reordered, resumeLate, eventsWithSeq } = counts;
    if (reordered === 0) return null;
    const evidence = { reordered, inReplay: resumeLate, received: eventsWithSeq };
    const example = exampleIn(eventExamples, 'reordered');
    if (reordered === resumeLate) return { title: lateAfterReturn(reordered), evidence, example, hint: ORDER_ADVICE };
    const part = resumeLate === 0 ? '' : `, ${resumeLate} of them after reconnecting with Last-Event-ID`;
    return { title: `${counted(reordered, 'event')} arrived out of order${part}.`, evidence, example };
  },
};

export const resumeDuplicated: Detector = ledgerDetector({
  id: 'resume-duplicated',
  count: 'resumeDuplicated',
  says: (events) => againAfterReturn(events),
});
