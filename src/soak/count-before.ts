/** How many clients a server counts before the first stream of ours, which is one that it may leak. */
import type { RunListener } from '../core/run-events.ts';
import type { ClientCount } from '../memory/client-count.ts';
import type { Target } from './target/target.ts';

/** Null where nobody counts. What cannot be read is told at once: a run may be long. */
export async function countBefore(target: Target, onEvent: RunListener): Promise<ClientCount | null> {
  if (!target.countsClients) return null;
  const before = (await target.sample(0))?.clients ?? null;
  const uncounted = target.uncounted();
  if (uncounted !== null) onEvent({ type: 'note', text: `the server's clients are not counted: ${uncounted.why}` });
  return { before, uncounted };
}
