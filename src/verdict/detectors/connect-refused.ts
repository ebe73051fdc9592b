import { counted } from '../../core/units.ts';
import { adviceUnderLoad } from '../../findings/refusal-advice.ts';
import type { Detector } from '../finding.ts';
import { leakedPlaces } from '../leaked-places.ts';

/** Nobody let the client in: refused, timed out, or an answer that is not 200. */
export const connectRefused: Detector = {
  id: 'connect-refused',
  detect(run) {
    const { summary } = run;
    const connected = summary.total('connected');
    const byCause = [...summary.refusalsByCause].filter(
      // The first has a finding of its own, the second is our own limit, and 204 tells a client that had a stream that
      // all is said.
      ([cause]) =>
        !cause.startsWith('content-type') && cause !== 'client-limit' && (cause !== 'server-stop' || connected === 0),
    );
    const refused = byCause.reduce((sum, [, count]) => sum + count, 0);
    const [most] = byCause.toSorted(([, a], [, b]) => b - a);
    if (most === undefined) return null;
    const places = leakedPlaces(run);
    return {
      title: `${counted(refused, 'attempt')} to connect failed (${byCause.map(([cause]) => cause).join(', ')}).${places === null ? '' : ` ${places.title}`}`,
      evidence: { refused, byCause: Object.fromEntries(byCause), connected, ...places?.evidence },
      hint: places?.hint ?? adviceUnderLoad(most[0]),
    };
  },
};
