import { formatCount } from '../../core/units.ts';
import { clientsLeft, isDoubtful, leftText } from '../clean-up.ts';
import type { Detector } from '../finding.ts';

/** All clients have left, and the server still counts some. */
export const clientLeak: Detector = {
  id: 'client-leak',
  detect(run) {
    const clients = clientsLeft(run);
    if (clients === null || clients.left === 0 || isDoubtful(clients)) return null;
    const { summary } = run;
    return {
      title: `The server still counts ${leftText(clients)} after all ${formatCount(summary.total('connected'))} of the run have disconnected.`,
      evidence: {
        clientsAfter: clients.after,
        clientsBefore: clients.before,
        connected: summary.total('connected'),
        streams: summary.total('connected') + summary.total('reconnects'),
      },
    };
  },
};
