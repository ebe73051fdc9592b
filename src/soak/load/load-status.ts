/**
 * How the load stands at one moment, for those who watch a run: of one process, and of several added up. Small, bounded
 * and made once a second. Nothing is judged by it.
 */
import type { ClientKind } from '../../core/client-kinds.ts';
import type { KindStatus, LoadStatus } from '../../core/run-events.ts';
import { missingAfterMs, UNPROMISED_SILENCE_MS } from '../../findings/bounds.ts';
import { statusOfCause } from '../../findings/refusal-advice.ts';
import { countUp } from '../../measure/figures.ts';
import { HEARD_ENOUGH } from '../../record/heard-enough.ts';
import type { Expectations } from '../../record/run-record.ts';
import type { Summary } from '../../record/summary.ts';
import type { Subscription } from '../../client/subscription.ts';

export const NO_LOAD: LoadStatus = {
  kinds: {},
  connecting: 0,
  waiting: 0,
  dropsByCause: {},
  refusalsByCause: {},
  heardEnough: [],
};

/** @param forMs since the first client came */
export function loadStatus(
  summary: Summary,
  clients: readonly Pick<Subscription, 'behaviour' | 'state'>[],
  expectations: Pick<Expectations, 'heartbeatMs' | 'heartbeatWithinMs'>,
  forMs: number,
): LoadStatus {
  const kinds: Partial<Record<ClientKind, KindStatus>> = {};
  let connecting = 0;
  let waiting = 0;
  for (const { behaviour, state } of clients) {
    const kind = (kinds[behaviour.kind] ??= { clients: 0, open: 0 });
    kind.clients += 1;
    if (state === 'open') kind.open += 1;
    else if (state === 'connecting' || state === 'requesting') connecting += 1;
    else if (state === 'waiting') waiting += 1;
  }
  const refusals = new Map<string, number>();
  for (const [cause, count] of summary.refusalsByCause) countUp(refusals, shortCause(cause), count);
  const heardEnough = Object.entries(HEARD_ENOUGH).flatMap(([id, isEnough]) => (isEnough(summary) ? [id] : []));
  return {
    kinds,
    connecting,
    waiting,
    dropsByCause: Object.fromEntries(summary.dropsByCause),
    refusalsByCause: Object.fromEntries(refusals),
    heardEnough: hasHeartbeats(summary, expectations, forMs) ? [...heardEnough, 'heartbeats'] : heardEnough,
  };
}

/** @param lost of processes that are lost: what became of their clients counts, and none of them is there any more */
export function addedUp(alive: readonly LoadStatus[], lost: readonly LoadStatus[]): LoadStatus {
  const kinds: Partial<Record<ClientKind, KindStatus>> = {};
  for (const status of alive) {
    for (const [name, { clients, open }] of Object.entries(status.kinds)) {
      const kind = (kinds[name as ClientKind] ??= { clients: 0, open: 0 });
      kind.clients += clients;
      kind.open += open;
    }
  }
  const all = [...alive, ...lost];
  return {
    kinds,
    connecting: alive.reduce((sum, { connecting }) => sum + connecting, 0),
    waiting: alive.reduce((sum, { waiting }) => sum + waiting, 0),
    dropsByCause: summed(all.map(({ dropsByCause }) => dropsByCause)),
    refusalsByCause: summed(all.map(({ refusalsByCause }) => refusalsByCause)),
    heardEnough: [...new Set(all.flatMap(({ heardEnough }) => heardEnough))],
  };
}

/** Heartbeats came, or one is overdue that was promised or asked for. */
function hasHeartbeats(
  { counts }: Summary,
  { heartbeatMs, heartbeatWithinMs }: Pick<Expectations, 'heartbeatMs' | 'heartbeatWithinMs'>,
  forMs: number,
): boolean {
  if (counts.heartbeatsAfterGreeting > 0) return true;
  if (heartbeatMs !== null) return forMs > missingAfterMs(heartbeatMs);
  return heartbeatWithinMs !== null && heartbeatWithinMs !== UNPROMISED_SILENCE_MS && forMs > heartbeatWithinMs;
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const some of counts) for (const [key, count] of Object.entries(some)) countUp(sums, key, count);
  return Object.fromEntries(sums);
}

/** Without what the server said, which may repeat secrets of the request. */
function shortCause(cause: string): string {
  const status = statusOfCause(cause);
  return status === null ? cause.replace(/:.*/s, '') : `status ${status}`;
}
