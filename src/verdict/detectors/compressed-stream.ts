import { countedOf } from '../../core/units.ts';
import { UNKNOWN_CODING_ADVICE, unknownCodingSays } from '../../findings/unknown-coding.ts';
import { compressorAdvice } from '../../findings/compressors.ts';
import { marksOf } from '../server-marks.ts';
import type { Detector } from '../finding.ts';

/** A content coding on a stream whose client had asked for none, or the name of one that does not exist. */
export const compressedStream: Detector = {
  id: 'compressed-stream',
  detect(record) {
    const { summary } = record;
    const codings = [...summary.codings];
    const streams = codings.reduce((sum, [, count]) => sum + count, 0);
    const opened = summary.total('connected') + summary.total('reconnects');
    if (streams > 0) {
      return {
        title: `${countedOf(streams, opened, 'stream')} arrived compressed (${codings.map(([coding]) => coding).join(', ')}), although the request said \`Accept-Encoding: identity\`.`,
        evidence: { streams, byCoding: Object.fromEntries(codings), opened },
        hint: compressorAdvice(marksOf(record)),
      };
    }
    // What could not be read as text either is a stream that broke.
    const unknownCodings = summary.counts.unknownCodings - (summary.dropsByCause.get('decode') ?? 0);
    if (unknownCodings <= 0) return null;
    const [name = ''] = summary.unknownCodingNames.keys();
    return {
      title: `${countedOf(unknownCodings, opened, 'stream')} had ${unknownCodingSays(name)}.`,
      evidence: { streams: unknownCodings, unknownCoding: name, opened },
      hint: UNKNOWN_CODING_ADVICE,
    };
  },
};
