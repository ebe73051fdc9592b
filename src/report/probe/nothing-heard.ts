/**
 * Why a probe without a failed check is no success all the same: nothing was heard. A warning is looked at by people; a
 * program that counts failures would take a server for sound that never sent a byte of a stream.
 */
import type { ProbeResult } from '../../probe/result.ts';

/**
 * Null where something was heard, where what was waited for came, and where something failed. An answer that a profile did
 * not hear to its end is none yet.
 *
 * @param ignore checks that do not count
 */
export function nothingHeard(result: ProbeResult, ignore: readonly string[]): string | null {
  const { status, endedBy, stream, profile, checks, thresholds } = result;
  if (status !== 'warning') return null;
  const completion = checks.find(({ id }) => id === 'completion');
  if (profile !== undefined && completion?.status === 'skip') return completion.title;
  const complains =
    checks.some((check) => (check.status === 'warn' || check.status === 'fail') && !ignore.includes(check.id)) ||
    thresholds.some((threshold) => threshold.status !== 'pass');
  if (!complains) return 'the expected data did not arrive';
  if (endedBy === 'until' || profile !== undefined) return null;
  return stream.bytes === 0 ? 'no byte of the stream arrived' : null;
}
