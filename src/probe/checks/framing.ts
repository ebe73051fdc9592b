import { compressorAdvice } from '../../findings/compressors.ts';
import { marksSeen } from '../marks-seen.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { largeEvent, longLine } from '../../findings/oversize.ts';
import { counted } from '../../core/units.ts';
import { printable } from '../../core/printable.ts';
import { SAMPLE_BYTES } from '../../sse/handlers.ts';
import { misnamedSays } from '../../findings/misnamed-field.ts';
import { NOT_FLUSHED_AFTER_MS, notFlushedSays } from '../../findings/not-flushed.ts';
import {
  DECODED_IN_PIECES_ADVICE,
  decodedInPiecesSays,
  isDecodedInPieces,
} from '../../findings/replaced-characters.ts';
import {
  isWithoutData,
  UNDISPATCHED_ADVICE,
  undispatched,
  undispatchedSample,
  undispatchedSays,
  WITHOUT_DATA_ADVICE,
  withoutDataSays,
} from '../../findings/undispatched.ts';
import { replacedSeen } from '../../measure/replaced-characters.ts';
import type { Listening } from '../listening.ts';
import type { Observations } from '../observations.ts';
import { fail, pass, skip, warn, watchedMs, type Check, type Judged } from './check.ts';

/** An end that may have come from a time-out or a restart, though it is told under a word that blames the format. */
const CUT = /^the stream was reset with |unexpected end of file$/;

/**
 * Does every line say something? What is not of the format is dropped or repaired in silence (HTML standard, 9.2.6),
 * so that an event is missing and nobody is told. Each deviation has its byte offset in the decoded body.
 */
export const framing: Check = {
  id: 'framing',
  needs: 'stream',
  judge(seen, main) {
    const { log, end, endedInEvent } = main;
    const found =
      oversize(main, seen.plan) ??
      malformed(main) ??
      neverDispatched(main) ??
      notFlushed(seen, main) ??
      noData(main) ??
      inPieces(main);
    if (found !== null) return found;
    if (endedInEvent && end?.cause === 'eof-clean') {
      return warn(
        'the stream ended in the middle of an event, which clients discard',
        { endedInEvent: true, bytes: log.bytes },
        'End the last event with a blank line before the stream ends.',
      );
    }
    if (log.bytes === 0) return skip('nothing was sent');
    return pass('every line is valid', { deviations: 0, bytes: log.bytes });
  },
};

function oversize(
  { end, log: { bytes } }: Listening,
  { maxLineBytes, maxEventBytes }: Observations['plan'],
): Judged | null {
  if (end?.cause !== 'line-limit' && end?.cause !== 'event-limit') return null;
  const limit = end.cause === 'line-limit' ? longLine(maxLineBytes) : largeEvent(maxEventBytes);
  return fail(
    `The stream had ${limit}; the probe closed it.`,
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
    ...(deviationCount > 0 ? [`${counted(deviationCount, 'invalid line')}`] : []),
    ...(broken
      ? [`bytes that are not valid HTTP, or not in the content coding, broke the stream (${end.detail})`]
      : []),
  ];
  const [first] = shown;
  const misnamed = deviations[0]?.defect === 'unknown-field' ? `: ${misnamedSays(deviations[0].sample)}` : '';
  return fail(
    `${words.join('; ')}${first === undefined ? '' : `, as in ${first.defect}: ${first.sample} (at byte ${first.offset})${misnamed}`}.`,
    {
      finding: 'malformed-stream',
      deviations: deviationCount,
      first: shown,
      ...(broken ? { detail: end.detail } : {}),
    },
    FINDINGS['malformed-stream'].advice,
  );
}

/** Bytes of a compressed stream came, and the compressor kept what they say. */
function notFlushed(seen: Observations, main: Listening): Judged | null {
  const { bytes, heldInCodingBytes } = main.log;
  if (bytes > 0 || heldInCodingBytes === 0 || watchedMs(seen, main) < NOT_FLUSHED_AFTER_MS) return null;
  return fail(
    `The stream is ${notFlushedSays(heldInCodingBytes)}.`,
    { finding: 'malformed-stream', mistake: 'not-flushed', codedBytes: heldInCodingBytes },
    compressorAdvice(marksSeen(seen)),
  );
}

/** Events came that are none, and nothing else. */
function noData({ log: { events, withoutDataCount, withoutDataSample } }: Listening): Judged | null {
  if (!isWithoutData(events, withoutDataCount)) return null;
  const sample = printable(withoutDataSample, SAMPLE_BYTES);
  return warn(
    `The stream had ${withoutDataSays(withoutDataCount, sample)}.`,
    { finding: 'malformed-stream', mistake: 'no-data', withoutData: withoutDataCount, sample },
    WITHOUT_DATA_ADVICE,
  );
}

/** All is UTF-8, and text was lost before it was sent. */
function inPieces({ log: { replaced } }: Listening): Judged | null {
  const found = replacedSeen(replaced, printable);
  if (!isDecodedInPieces(found)) return null;
  return warn(
    decodedInPiecesSays(found),
    { finding: 'malformed-stream', mistake: 'replaced', ...found },
    DECODED_IN_PIECES_ADVICE,
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
