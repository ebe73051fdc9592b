import { exampleIn } from '../../accounts/event-examples.ts';
import {
  idIgnored,
  missingAfterReturn,
  MOVED_ADVICE,
  movedByHeartbeat,
  RENAMED_ADVICE,
  renamedAfterReturn,
  UNHEARD_ADVICE,
  unheardAfterReturn,
} from '../../findings/resuming.ts';
import type { Detected } from '../../findings/finding.ts';
import type { CountName, Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';

type Counts = Readonly<Record<CountName, number>>;

/** A few returns look like a replay by chance, where the newest event reached others first. */
const TOLERATED = 0.1;

/** What was missing after a return with Last-Event-ID, and by which of its causes. */
export const resumeLost: Detector = {
  id: 'resume-lost',
  detect({ summary, target }) {
    const { counts } = summary;
    // What may be lost because we stood still is in the evidence of generator-saturated.
    const lost = counts.resumeLost - counts.resumeLostAfterStop;
    return (
      unheard(summary) ??
      takenAway(counts) ??
      (lost <= 0 ? null : behindHeartbeats(summary, lost)) ??
      renamed(counts, lost) ??
      (lost <= 0 ? null : missing(summary, lost, target.embedded))
    );
  },
};

/** The feed went on without those that came back. */
function unheard({ counts, times, unheardIds }: Summary): Detected | null {
  const { returnsUnheard, idsBegunAnew, resumptions } = counts;
  if (returnsUnheard === 0) return null;
  const [pair = ''] = unheardIds.keys();
  const [returnedId = '', freshId = ''] = pair.split(' ');
  const silentMs = times.unheard.count === 0 ? 0 : times.unheard.percentile(100);
  const begunAnew = 2 * idsBegunAnew > returnsUnheard;
  return {
    title: unheardAfterReturn({ clients: returnsUnheard, silentMs, returnedId, freshId, begunAnew }),
    evidence: { returnsUnheard, idsBegunAnew, resumptions, silentMs, returnedId, freshId },
    hint: UNHEARD_ADVICE,
  };
}

function evidenceOf(counts: Counts, lost: number): Record<string, unknown> {
  const { returnsAtHead, returnsInPast, returnsWhole, resumptions, eventsWithSeq } = counts;
  return { resumeLost: lost, received: eventsWithSeq, resumptions, returnsAtHead, returnsInPast, returnsWhole };
}

function missing({ counts, eventExamples }: Summary, lost: number, embedded: boolean): Detected | null {
  // A history that comes behind what is live had not come yet when these clients left, or the run ended.
  if (counts.returnsInPast === 0 && counts.resumeLate > lost) return null;
  const evidence = evidenceOf(counts, lost);
  // Where a part of it may be our own doing, it is not known of which events.
  const example = counts.resumeLostAfterStop > 0 ? null : exampleIn(eventExamples, 'resumeLost');
  if (!embedded && isIdIgnored(counts)) return { title: idIgnored(lost), severity: 'warn', evidence, example };
  return { title: missingAfterReturn(lost), evidence, example };
}

/** The server never said that it replays, and it goes on with its newest event. */
function isIdIgnored({ replaysPromised, returnsAtHead, returnsInPast }: Counts): boolean {
  return replaysPromised === 0 && returnsAtHead > 0 && returnsInPast <= TOLERATED * returnsAtHead;
}

/** Whether ids of events are places to come back to: elsewhere nothing is lost by the id of a heartbeat. */
function replays({ returnsInPast, returnsWhole, replaysPromised }: Counts): boolean {
  return returnsInPast + returnsWhole + replaysPromised > 0;
}

function behindHeartbeats({ counts, heartbeatIds }: Summary, lost: number): Detected | null {
  const { returnsBehindBeat, returnsAtHead, returnsInPast } = counts;
  if (2 * returnsBehindBeat <= returnsAtHead + returnsInPast) return null;
  const [id = ''] = heartbeatIds.keys();
  return {
    title: movedByHeartbeat(id, lost),
    evidence: { ...evidenceOf(counts, lost), returnsBehindBeat, heartbeatId: id },
    hint: MOVED_ADVICE,
    ...(replays(counts) ? {} : { severity: 'warn' }),
  };
}

/** An `id:` without a value; it may be no heartbeat's, and is worth the same word. */
function takenAway(counts: Counts): Detected | null {
  const { idsTakenAway, resumptions } = counts;
  if (idsTakenAway === 0) return null;
  return {
    title: movedByHeartbeat('', idsTakenAway),
    evidence: { idsTakenAway, resumptions },
    hint: MOVED_ADVICE,
    ...(replays(counts) ? {} : { severity: 'warn' }),
  };
}

function renamed(counts: Counts, lost: number): Detected | null {
  const { resumeRenamed } = counts;
  if (resumeRenamed === 0) return null;
  const more = lost > resumeRenamed ? ` ${missingAfterReturn(lost - resumeRenamed)}` : '';
  return {
    title: `${renamedAfterReturn(resumeRenamed)}${more}`,
    evidence: { ...evidenceOf(counts, lost), resumeRenamed },
    hint: RENAMED_ADVICE,
  };
}
