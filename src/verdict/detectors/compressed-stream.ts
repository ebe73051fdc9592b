import { counted } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** A content coding on a stream whose client had asked for none. */
export const compressedStream: Detector = {
  id: 'compressed-stream',
  detect({ summary }) {
    const codings = [...summary.codings];
    const streams = codings.reduce((sum, [, count]) => sum + count, 0);
    if (streams === 0) return null;
    return {
      title: `${counted(streams, 'stream')} came compressed (${codings.map(([coding]) => coding).join(', ')}), though the request said \`Accept-Encoding: identity\`.`,
      evidence: {
        streams,
        byCoding: Object.fromEntries(codings),
        opened: summary.total('connected') + summary.total('reconnects'),
      },
    };
  },
};
