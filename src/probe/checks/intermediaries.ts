import { formatDuration } from '../../core/units.ts';
import { recommendedHeartbeatMs, silenceJudged, survival } from '../survival.ts';
import { pass, skip, warn, watchedMs, type Check } from './check.ts';

/**
 * HTML standard, 9.2.7: a comment every 15 seconds or so. A stream that is silent for longer is cut by common defaults.
 */
const COMMON_MS = 15_500;
const SHOWN = 4;

/**
 * Which proxies, load balancers and platforms would cut or hold this stream by their defaults? Limits differ from
 * 5 seconds to 15 minutes, and only idle ones can be kept by heartbeats, so those decide.
 */
export const intermediaries: Check = {
  id: 'intermediaries',
  needs: 'stream',
  judge(seen, main) {
    const idle = survival(seen, main).filter(({ kind }) => kind === 'idle');
    const cut = idle.filter(({ survives }) => survives === false);
    const open = idle.filter(({ survives }) => survives === null);
    const heartbeatMs = recommendedHeartbeatMs();
    const judged = silenceJudged(seen, main);
    const silenceMs = main.log.maxSilenceMs;
    const isAtLeast = judged?.isAtLeast ?? true;
    const evidence = {
      maxSilenceMs: silenceMs,
      isAtLeast,
      idleLimits: idle.length,
      wouldCut: cut.map(({ name }) => name),
      unknown: open.map(({ name }) => name),
      recommendedHeartbeatMs: heartbeatMs,
    };
    if (judged === null)
      return skip(
        `watched for ${formatDuration(watchedMs(seen, main))} only: too short to know the longest silence`,
        evidence,
      );
    const silence = `a silence of ${isAtLeast ? 'at least ' : ''}${formatDuration(silenceMs)}`;
    if (open.length === idle.length)
      return skip(
        `${silence}, not ended by a byte, says nothing about the ${idle.length} idle timeouts of the table`,
        evidence,
      );
    if (cut.length === 0) return pass(`${silence} survives all ${idle.length} idle timeouts of the table`, evidence);
    const names = cut
      .slice(0, SHOWN)
      .map(({ name, limitMs }) => `${name} ${formatDuration(limitMs ?? 0)}`)
      .join(', ');
    const longer = open.length === 0 ? '' : `, and may become too long for the other ${open.length}`;
    const title = `${silence} would be cut by ${cut.length} of ${idle.length} idle timeouts: ${names}${cut.length > SHOWN ? ' …' : ''}${longer}`;
    const hint = `Send a heartbeat every ${formatDuration(heartbeatMs)} to survive all of them; every 15 s survives all but the shortest (Akamai, Fastly).`;
    return silenceMs > COMMON_MS ? warn(title, evidence, hint) : pass(title, evidence, hint);
  },
};
