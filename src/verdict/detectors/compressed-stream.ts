import { counted } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** A content coding on a stream whose client had asked for none. */
export const compressedStream: Detector = {
  id: 'compressed-stream',
  severity: 'warn',
  blamesTime: false,
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
      hint: "A compressor holds events back unless it is flushed after each, and costs memory for each client. Send `Cache-Control: no-transform`, and leave text/event-stream out: the `filter` of Express' compression, `gzip_types` of nginx, `compress: false` of Next.js.",
    };
  },
};
