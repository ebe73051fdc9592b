import { printable } from '../../core/printable.ts';
import { compressorAdvice } from '../../findings/compressors.ts';
import { marksOf } from '../server-marks.ts';
import { counted, countedOf } from '../../core/units.ts';
import { notFlushedSays } from '../../findings/not-flushed.ts';
import {
  DECODED_IN_PIECES_ADVICE,
  decodedInPiecesSays,
  isDecodedInPieces,
} from '../../findings/replaced-characters.ts';
import {
  isWithoutData,
  UNDISPATCHED,
  UNDISPATCHED_ADVICE,
  undispatchedSays,
  WITHOUT_DATA_ADVICE,
  withoutDataSays,
} from '../../findings/undispatched.ts';
import { replacedSeen } from '../../measure/replaced-characters.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Detector } from '../finding.ts';

/**
 * Lines that a client drops or repairs (HTML standard, 9.2.6), and streams that were given up since their chunks or
 * their content coding were broken. A stream that was merely cut short, at whatever byte, is a dropped client.
 */
export const malformedStream: Detector = {
  id: 'malformed-stream',
  detect(record) {
    const { summary } = record;
    return broken(summary) ?? notFlushed(record) ?? withoutData(summary) ?? inPieces(summary);
  },
};

function broken(summary: Summary): Detected | null {
  const { malformed } = summary.counts;
  const streams = brokenStreams(summary);
  // Where others heard events, what stands unfinished is an event that was cut short.
  const undispatched =
    summary.counts.events === 0 ? UNDISPATCHED.filter((mistake) => summary.undispatched.has(mistake)) : [];
  if (malformed + streams + undispatched.length === 0) return null;
  const samples = [...summary.malformedSamples.keys()];
  const [sample = ''] = samples;
  const [misnamed = ''] = sample.startsWith('unknown-field: ') ? summary.misnamed.keys() : [];
  const words = [
    ...(malformed > 0 ? [`${counted(malformed, 'invalid line')}`] : []),
    ...(streams > 0
      ? [`${counted(streams, 'stream')} broken by bytes that are not valid HTTP, or not in the content coding`]
      : []),
    ...undispatched.map(
      (mistake) =>
        `${countedOf(summary.undispatched.get(mistake) ?? 0, summary.total('connected'), 'stream')} with ${undispatchedSays(mistake)}`,
    ),
  ];
  return {
    title: `${words.join('; ')}${sample === '' ? '' : `, as in ${sample}`}${misnamed === '' ? '' : `: ${misnamed}`}.`,
    evidence: {
      malformed,
      byDefect: Object.fromEntries(summary.malformed),
      streams,
      ...(undispatched.length === 0 ? {} : { undispatched: Object.fromEntries(summary.undispatched) }),
      samples,
    },
    ...(undispatched.length === 0 ? {} : { hint: UNDISPATCHED_ADVICE }),
  };
}

/** Where others heard events, a compressor that is quiet has nothing to say. */
function notFlushed(record: RunRecord): Detected | null {
  const { events, notFlushed: streams, bytesNotFlushed } = record.summary.counts;
  if (events > 0 || streams === 0) return null;
  return {
    title: `${countedOf(streams, record.summary.total('connected'), 'stream')} ${streams === 1 ? 'is' : 'are'} ${notFlushedSays(bytesNotFlushed)}.`,
    evidence: { notFlushed: streams, codedBytes: bytesNotFlushed },
    hint: compressorAdvice(marksOf(record)),
  };
}

/** Some feeds mean them as heartbeats: a warning, which leaves open what the missing events say. */
function withoutData(summary: Summary): Detected | null {
  const { counts, withoutDataSamples } = summary;
  if (!isWithoutData(counts.events, counts.withoutData)) return null;
  const [sample = ''] = withoutDataSamples.keys();
  return {
    severity: 'warn',
    title: `${counted(summary.total('connected'), 'stream')} had ${withoutDataSays(counts.withoutData, sample)}.`,
    evidence: { withoutData: counts.withoutData, sample },
    hint: WITHOUT_DATA_ADVICE,
    explains: false,
  };
}

/** All is UTF-8, and text was lost before it was sent. */
function inPieces(summary: Summary): Detected | null {
  const found = replacedSeen(summary, printable);
  if (!isDecodedInPieces(found)) return null;
  return {
    severity: 'warn',
    title: `${decodedInPiecesSays(found)}.`,
    evidence: { ...found },
    hint: DECODED_IN_PIECES_ADVICE,
    explains: false,
  };
}

/** Given up as unreadable, and not for their size. */
function brokenStreams(summary: Summary): number {
  const { dropsByCause } = summary;
  return summary.total('unreadable') - (dropsByCause.get('line-limit') ?? 0) - (dropsByCause.get('event-limit') ?? 0);
}
