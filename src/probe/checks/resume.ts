import { counted } from '../../core/units.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import {
  againAfterReturn,
  idIgnored,
  lateAfterReturn,
  missingAfterReturn,
  MOVED_ADVICE,
  movedByHeartbeat,
  ORDER_ADVICE,
  REFUSED_ADVICE,
  refusedAfterReturn,
  RENAMED_ADVICE,
  renamedAfterReturn,
} from '../../findings/resuming.ts';
import type { AuxiliaryName } from '../auxiliary-streams.ts';
import type { Listening } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { isStreamOfItsOwn } from '../own-stream.ts';
import { type Replayed, replayed } from '../replayed.ts';
import { movedId } from '../resume-trial.ts';
import { fail, pass, skip, warn, type Check, type Judged } from './check.ts';

const KEEP = FINDINGS['resume-lost'].advice;
/** Too many streams at once are no answer to the id. */
const BUSY = new Set([429, 503]);

/**
 * Does a client that returns with Last-Event-ID get what it missed, once and in order? Judged by connections behind an
 * event that the main one saw, which goes on as the witness of what came after it; behind the id of a heartbeat, where
 * that is what a browser returns with; and behind ids that nobody ever gave.
 */
export const resume: Check = {
  id: 'resume',
  needs: 'stream',
  judge(seen, main) {
    const returned = seen.auxiliary.get('resume');
    if (returned === undefined) return skip(...notTried(seen, main));
    const { lastEventId } = returned.requestSpec;
    if (returned.head === null) return skip('the second connection got no response', { lastEventId });
    if (returned.refusal !== null) {
      const { detail, cause } = returned.refusal;
      const evidence = { lastEventId, cause, status: returned.head.statusCode };
      return fail(refusedAfterReturn(detail), evidence, REFUSED_ADVICE);
    }
    if (isStreamOfItsOwn(returned, main)) {
      return skip('each connection gets its own stream with its own ids: there is nothing to resume', { lastEventId });
    }
    const outcome = replayed(returned, main, { nowMs: seen.endMs });
    if (outcome === null) return skip('the events after the id are not known', { lastEventId });
    return (
      amiss(outcome, returned) ??
      behindBeat(seen, main, outcome) ??
      unknownRefused(seen, 'resumeUnknown', fail) ??
      incomplete(outcome, returned, main) ??
      unknownRefused(seen, 'resumeForeign', warn) ??
      pass(`all ${counted(outcome.behind, 'event')} after the id arrived, once`, evidenceOf(outcome, returned))
    );
  },
};

function notTried({ asksTwice, plan }: Observations, { log }: Listening): Parameters<typeof skip> {
  const { publishedCount, publishedWithId } = log;
  if (publishedCount > 0 && publishedWithId === 0) return ['no event has an id to resume after'];
  if (!asksTwice && !plan.resume)
    return ['not tested: it would send the request again', {}, 'Add --resume to test it.'];
  return [publishedWithId < 2 ? 'too few events arrived to resume after one' : 'the ids do not identify events'];
}

function evidenceOf(outcome: Replayed, { requestSpec }: Listening): Record<string, unknown> {
  const { behind, lost, known, older, again, late, renamed, firstId } = outcome;
  return {
    lastEventId: requestSpec.lastEventId,
    behind,
    lost: lost.length,
    doubled: known.length + older + again.length,
    reordered: late.length,
    renamed: renamed.length,
    firstId,
  };
}

/** What came that should not have come, or not so. */
function amiss(outcome: Replayed, returned: Listening): Judged | null {
  const { known, older, again, late, renamed } = outcome;
  const doubled = known.length + older + again.length;
  const found: [number, string, string, string][] = [
    [
      doubled,
      'resume-duplicated',
      againAfterReturn(doubled, known[0] ?? again[0]),
      FINDINGS['resume-duplicated'].advice,
    ],
    [late.length, 'event-reordered', lateAfterReturn(late.length, late[0]), ORDER_ADVICE],
    [renamed.length, 'resume-lost', renamedAfterReturn(renamed.length, renamed[0]), RENAMED_ADVICE],
  ];
  const told = found.filter(([events]) => events > 0);
  const [worst] = told;
  if (worst === undefined) return null;
  const evidence = { finding: worst[1], ...evidenceOf(outcome, returned) };
  return fail(told.map(([, , says]) => says).join(' '), evidence, told.map(([, , , advice]) => advice).join(' '));
}

function incomplete(outcome: Replayed, returned: Listening, main: Listening): Judged | null {
  const { lost, came, behind } = outcome;
  if (lost.length === 0) return null;
  const evidence = evidenceOf(outcome, returned);
  if (returned.log.missedSaid)
    return pass(
      `${counted(lost.length, 'event')} ${lost.length === 1 ? 'was' : 'were'} missing after reconnecting, as the server reported`,
      evidence,
      KEEP,
    );
  const finding = { finding: 'resume-lost', ...evidence };
  if (came === 0 && !main.log.promisesReplay) return warn(idIgnored(behind), finding, KEEP);
  return fail(missingAfterReturn(lost.length, lost[0]), finding, KEEP);
}

/** A browser returns with the id that came last, whoever gave it: judged where the ids of events do work. */
function behindBeat({ auxiliary, endMs }: Observations, main: Listening, { came }: Replayed): Judged | null {
  if (came === 0) return null;
  const returned = auxiliary.get('resumeBehindBeat');
  const moved = movedId(main.log, returned?.startedMs ?? endMs);
  if (moved === null) return null;
  const { id, behindId } = moved;
  const evidence = { finding: 'resume-lost', heartbeatId: id, behindId };
  if (id === '') return fail(movedByHeartbeat('', 0), evidence, MOVED_ADVICE);
  if (returned === undefined || returned.head === null) return null;
  if (returned.refusal !== null)
    return fail(refusedAfterReturn(returned.refusal.detail, id), { ...evidence }, MOVED_ADVICE);
  const outcome = replayed(returned, main, { behindId, nowMs: endMs });
  if (outcome === null || outcome.lost.length === 0 || returned.log.missedSaid) return null;
  return fail(movedByHeartbeat(id, outcome.lost.length), { ...evidence, lost: outcome.lost.length }, MOVED_ADVICE);
}

function unknownRefused({ auxiliary }: Observations, name: AuxiliaryName, say: typeof fail): Judged | null {
  const returned = auxiliary.get(name);
  if (returned?.refusal == null || returned.head === null || returned.refusal.cause !== 'http-status') return null;
  const { statusCode } = returned.head;
  if (BUSY.has(statusCode)) return null;
  const { lastEventId } = returned.requestSpec;
  return say(
    refusedAfterReturn(returned.refusal.detail, lastEventId),
    { lastEventId, cause: returned.refusal.cause, status: statusCode },
    REFUSED_ADVICE,
  );
}
