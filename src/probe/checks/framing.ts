import { FINDINGS } from '../../findings/finding-rows.ts';
import { largeEvent, longLine } from '../../findings/oversize.ts';
import { counted } from '../../core/units.ts';
import { printable } from '../../core/printable.ts';
import { SAMPLE_BYTES } from '../../sse/handlers.ts';
import {
  UNDISPATCHED_ADVICE,
  undispatched,
  undispatchedSample,
  undispatchedSays,
} from '../../findings/undispatched.ts';
import type { Observations } from '../observations.ts';
import type { Listening } from '../listening.ts';
import { fail, pass, skip, warn, type Check, type Judged } from './check.ts';

/** An end that may have come from a time-out or a restart, though it is told under a word that blames the format. */
const CUT = /^the stream was reset with |unexpected end of file$/;

/**
 * Does every line say something? What is not of the format is dropped or repaired in silence (HTML standard, 9.2.6),
 * so that an event is missing and nobody is told. Each deviation has its byte offset in the decoded body.
 */
export const framing: Check = {
  id: 'framing',
  needs: 'stream',
  judge({ plan }, main) {
    const { log, end, endedInEvent } = main;
    const found = oversize(main, plan) ?? malformed(main) ?? neverDispatched(main);
    if (found !== null) return found;
    if (endedInEvent && end?.cause === 'eof-clean') {
      return warn(
        'the stream ended in the middle of an event, which clients drop',
        { endedInEvent: true, bytes: log.bytes },
        'End the last event with a blank line before the stream ends.',
      );
    }
    if (log.bytes === 0) return skip('nothing was sent');
    return pass('every line is of the format', { deviations: 0, bytes: log.bytes });
  },
};

function oversize(
  { end, log: { bytes } }: Listening,
  { maxLineBytes, maxEventBytes }: Observations['plan'],
): Judged | null {
  if (end?.cause !== 'line-limit' && end?.cause !== 'event-limit') return null;
  const limit = end.cause === 'line-limit' ? longLine(maxLineBytes) : largeEvent(maxEventBytes);
  return fail(
    `The stream had ${limit}: given up there.`,
    { finding: 'oversize-event', cause: end.cause, bytes },
    FINDINGS['oversize-event'].advice,
  );
}

function malformed({ end, log: { deviations, deviationCount } }: Listening): Judged | null {
  const broken = end !== null && (end.cause === 'http-protocol' || end.cause === 'decode') && !CUT.test(end.detail);
  if (deviationCount === 0 && !broken) return null;
  const shown = deviations.map(({ defect, offset, sample }) => ({
    defect,
    offset,
    sample: printable(sample, SAMPLE_BYTES),
  }));
  const words = [
    ...(deviationCount > 0 ? [`${counted(deviationCount, 'line')} that no client can read`] : []),
    ...(broken
      ? [`the stream broke in the middle by bytes that are not HTTP, or not in the content coding (${end.detail})`]
      : []),
  ];
  const [first] = shown;
  return fail(
    `${words.join('; ')}${first === undefined ? '' : `, as in ${first.defect}: ${first.sample} (at byte ${first.offset})`}.`,
    {
      finding: 'malformed-stream',
      deviations: deviationCount,
      first: shown,
      ...(broken ? { detail: end.detail } : {}),
    },
    FINDINGS['malformed-stream'].advice,
  );
}

/** Bytes came, and no event could be made of them. */
function neverDispatched({ unfinished, log: { events, bytes } }: Listening): Judged | null {
  const mistake = events === 0 && unfinished !== null ? undispatched(unfinished) : null;
  if (mistake === null || unfinished === null) return null;
  const sample = printable(undispatchedSample(unfinished), SAMPLE_BYTES);
  return fail(
    `The stream had ${undispatchedSays(mistake)}, as in ${sample}.`,
    { finding: 'malformed-stream', mistake, dataLines: unfinished.dataLines, sample, bytes },
    UNDISPATCHED_ADVICE,
  );
}
