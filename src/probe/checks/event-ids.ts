import { fieldsText } from '../../accounts/found-fields.ts';
import { counted } from '../../core/units.ts';
import { exampleSays } from '../../findings/event-example.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { amissByGuess, amissByPointer, type NumbersAmiss } from '../event-numbers.ts';
import type { Observations } from '../observations.ts';
import type { StreamLog } from '../stream-log.ts';
import { fail, pass, skip, warn, type Check, type Judged } from './check.ts';

/** By fewer events nobody can tell. */
const LEAST_EVENTS = 5;
const GIVE_IDS =
  'Give each event an `id:`, keep the last events, and send those after `Last-Event-ID` to a client that reconnects.';

type Evidence = Readonly<Record<string, unknown>>;

/**
 * Can a client say what it has seen, and did everything come once and in order? Held to account by the numbers that the
 * user named; else by `seq` in the data, as long as it counts like a sequence, or by ids that prove to be one. Ids that
 * repeat or are random promise nothing.
 */
export const eventIds: Check = {
  id: 'event-ids',
  needs: 'stream',
  judge(seen, { log }) {
    const { publishedCount, publishedWithId } = log;
    const { sequence } = log.search.fields;
    const evidence = {
      events: publishedCount,
      withId: publishedWithId,
      ...(sequence === null ? {} : { sequence: fieldsText({ sequence, time: null }) }),
    };
    const { seqPointer } = seen.plan;
    return seqPointer === 'auto' ? byGuess(seen, log, evidence) : byPointer(seqPointer, log, evidence);
  },
};

function byPointer(pointer: string, { published, publishedCount }: StreamLog, evidence: Evidence): Judged {
  if (publishedCount === 0) return skip('no event arrived', evidence);
  const numbered = published.filter(({ seq }) => seq >= 0).length;
  if (numbered === 0) {
    return warn(
      `None of ${counted(publishedCount, 'event')} has a whole number at ${pointer}.`,
      { ...evidence, numbered },
      'Give the place of the number with --seq, as a JSON pointer into the data.',
    );
  }
  const amiss = amissByPointer(published);
  const { lost, duplicated, reordered } = amiss;
  const inOrder = { ...evidence, numbered, lost, duplicated, reordered };
  return (
    said(amiss, { ...evidence, numbered }) ??
    pass(`${counted(numbered, 'event')} arrived once and in order, by ${pointer}`, inOrder)
  );
}

function byGuess({ auxiliary }: Observations, log: StreamLog, evidence: Evidence): Judged {
  const { published, publishedCount, publishedWithId } = log;
  const amiss = amissByGuess(published, auxiliary.get('twin')?.log.published ?? []);
  const found = amiss === null ? null : said(amiss, evidence);
  if (found !== null) return found;
  const { sequence } = log.search.fields;
  const named =
    sequence === null
      ? ''
      : ` Events have a counter at ${sequence.pointer}: add --seq ${sequence.pointer} to check it.`;
  if (publishedCount === 0) return skip('no event arrived', evidence);
  if (publishedWithId === 0 && publishedCount < LEAST_EVENTS)
    return skip(`${counted(publishedCount, 'event')} arrived, without an id`, evidence);
  if (publishedWithId === 0) {
    return pass(
      `None of ${counted(publishedCount, 'event')} has an id, so a client that reconnects cannot request the events it missed.`,
      { finding: 'no-event-ids', ...evidence },
      `${GIVE_IDS}${named}`,
    );
  }
  const passedOver = amiss?.passedOver ?? 0;
  return pass(
    `${publishedWithId === publishedCount ? 'every event has' : `${publishedWithId} of ${publishedCount} events have`} an id`,
    passedOver === 0 ? evidence : { ...evidence, passedOver },
    passedOver === 0
      ? ''
      : `${counted(passedOver, 'number')} reached no client: never sent, or lost. To find out, add a number to the data that counts without gaps, and give it with --seq.`,
  );
}

function said({ lost, duplicated, reordered, examples }: NumbersAmiss, evidence: Evidence): Judged | null {
  const findings = [
    { count: lost, finding: 'event-lost', says: 'never arrived on a stream that was open', example: examples.lost },
    { count: duplicated, finding: 'event-duplicated', says: 'arrived twice', example: examples.duplicated },
    { count: reordered, finding: 'event-reordered', says: 'arrived out of order', example: examples.reordered },
  ] as const;
  const found = findings.filter(({ count }) => count > 0);
  const [worst] = found;
  if (worst === undefined) return null;
  const { finding, example } = worst;
  return fail(
    `${found.map(({ count, says }) => `${counted(count, 'event')} ${says}`).join('; ')}.${example === undefined ? '' : ` ${exampleSays(example, true)}`}`,
    {
      finding,
      lost,
      duplicated,
      reordered,
      ...(example === undefined ? {} : { example: { event: example.event, behind: example.behind } }),
      ...evidence,
    },
    FINDINGS[finding].advice,
  );
}
