import { counted } from '../../core/units.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { idIgnored, missingAfterReturn } from '../../findings/resuming.ts';
import type { Listening } from '../listening.ts';
import { isStreamOfItsOwn } from '../own-stream.ts';
import { type ResumeOutcome, resumeOutcome } from '../resume-trial.ts';
import { fail, pass, skip, warn, type Check, type Judged } from './check.ts';

const KEEP = FINDINGS['resume-lost'].advice;

/**
 * Does a client that returns with Last-Event-ID get what it missed, once? Judged by a second connection behind an
 * event that the main one saw, which goes on as the witness of what came after it.
 */
export const resume: Check = {
  id: 'resume',
  needs: 'stream',
  judge({ auxiliary, plan, asksTwice }, main) {
    const returned = auxiliary.get('resume');
    if (returned === undefined) {
      const { publishedCount, publishedWithId } = main.log;
      if (publishedCount > 0 && publishedWithId === 0) return skip('no event has an id to come back with');
      if (!asksTwice && !plan.resume)
        return skip('not tried: the request would have to be sent again', {}, 'Add --resume to try it.');
      return skip(
        publishedWithId < 2 ? 'too few events came to come back behind one' : 'the ids do not tell events apart',
      );
    }
    const { lastEventId } = returned.requestSpec;
    if (returned.head === null) return skip('the second connection got no answer', { lastEventId });
    if (returned.refusal !== null) {
      return fail(
        `a client that comes back with Last-Event-ID is refused: ${returned.refusal.detail}`,
        { lastEventId, cause: returned.refusal.cause, status: returned.head.statusCode },
        'Take a Last-Event-ID that is not known for none, and say so in an event; a browser gives up for good.',
      );
    }
    if (isStreamOfItsOwn(returned, main)) {
      return skip(
        'each connection is sent a stream of its own, whose ids begin anew: there is nothing to come back to',
        { lastEventId },
      );
    }
    const outcome = resumeOutcome(returned, main);
    if (outcome === null) return skip('what came after the id is not known', { lastEventId });
    return judged(outcome, returned, main);
  },
};

function judged(outcome: ResumeOutcome, returned: Listening, main: Listening): Judged {
  const { lost, doubled, behind, ignored, firstId } = outcome;
  const { lastEventId } = returned.requestSpec;
  const evidence = { lastEventId, behind, lost, doubled, firstId };
  if (doubled > 0) {
    return fail(
      `${counted(doubled, 'event')} came again after reconnecting with Last-Event-ID.`,
      { finding: 'resume-duplicated', ...evidence },
      FINDINGS['resume-duplicated'].advice,
    );
  }
  if (lost > 0 && returned.log.missedSaid)
    return pass(
      `${counted(lost, 'event')} ${lost === 1 ? 'was' : 'were'} missing after reconnecting, and the server said so`,
      evidence,
      KEEP,
    );
  if (lost > 0 && ignored && !main.log.promisesReplay) {
    return warn(idIgnored(behind), { finding: 'resume-lost', ...evidence }, KEEP);
  }
  if (lost > 0) return fail(missingAfterReturn(lost), { finding: 'resume-lost', ...evidence }, KEEP);
  return pass(`all ${counted(behind, 'event')} behind the id came, once`, evidence);
}
