/**
 * Refusals that begin when clients have left, while fewer are connected than once were: the places of those who left are
 * not given back. What happened is told where it happened; that it is a leak only where a second wave, with nobody there,
 * was not let in either. A server that
 * only reaches its limit holds as many as before, and lets as many in again.
 */
import { formatCount, formatDuration } from '../core/units.ts';
import type { Detected } from '../findings/finding.ts';
import type { RunRecord } from '../record/run-record.ts';

/** 429 says that of requests, too. */
const TOO_MANY = /^http-status: status 429\b/;

const RELEASE =
  "Free the slot wherever a stream can end, also for a client that disconnects before its stream begins (`res.on('close')` as soon as the slot is taken, `finally`, `defer`).";

/** What it adds to the finding of refused clients; null where nobody was refused in the place of others. */
export function leakedPlaces({
  turnedAway,
  waveOfPlaces,
  summary,
}: RunRecord): Pick<Detected, 'title' | 'evidence' | 'hint'> | null {
  if (turnedAway === null || turnedAway.fewestOpen >= turnedAway.mostOpen) return null;
  const { fromMs, leftBefore, clients, fewestOpen, mostOpen } = turnedAway;
  const isLeak = waveOfPlaces !== null && waveOfPlaces.turnedAway > 0;
  if (waveOfPlaces !== null && !isLeak) return null;
  const orRate = [...summary.refusalsByCause.keys()].some((cause) => TOO_MANY.test(cause))
    ? ', or limits the connection rate'
    : '';
  const began = `${formatCount(clients)} were rejected from ${formatDuration(fromMs)} on, after ${formatCount(leftBefore)} clients had disconnected, while ${formatCount(fewestOpen)} of at most ${formatCount(mostOpen)} were connected`;
  const again = isLeak
    ? `, and without any other client only ${formatCount(waveOfPlaces.letIn)} of ${formatCount(waveOfPlaces.clients)} were accepted: the server does not free the slots of clients that disconnect${orRate}`
    : '';
  return {
    title: `${began}${again}.`,
    evidence: {
      turnedAway: { fromMs, clients, leftBefore, fewestOpen, mostOpen },
      ...(waveOfPlaces === null ? {} : { secondWave: { ...waveOfPlaces } }),
    },
    ...(isLeak ? { hint: RELEASE } : {}),
  };
}
