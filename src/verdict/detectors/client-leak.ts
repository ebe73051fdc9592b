import { counted } from '../../core/units.ts';
import { lookedTooSoon } from '../../memory/server-memory.ts';
import type { Detector } from '../finding.ts';

/** All clients have left, and the server still counts some. */
export const clientLeak: Detector = {
  id: 'client-leak',
  detect({ server, summary }) {
    const left = server.settled?.clients ?? 0;
    if (left === 0 || lookedTooSoon(server)) return null;
    return {
      title: `${counted(left, 'client')} still counted by the server after all had left.`,
      evidence: { clientsAfter: left, connected: summary.total('connected') },
    };
  },
};
