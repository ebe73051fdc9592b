import { expect, it } from 'vitest';
import { behaviours } from '../../../src/client/behaviour.ts';
import type { SubscriptionState } from '../../../src/client/client-state.ts';
import type { ClientKind } from '../../../src/core/client-kinds.ts';
import { UNPROMISED_SILENCE_MS } from '../../../src/findings/bounds.ts';
import { countUp } from '../../../src/measure/figures.ts';
import { Summary } from '../../../src/record/summary.ts';
import { addedUp, loadStatus, NO_LOAD } from '../../../src/soak/load/load-status.ts';

const NOTHING_EXPECTED = { heartbeatMs: null, heartbeatWithinMs: null };

function clients(
  ...of: [ClientKind, SubscriptionState][]
): { behaviour: (typeof behaviours)[ClientKind]; state: SubscriptionState }[] {
  return of.map(([kind, state]) => ({ behaviour: behaviours[kind], state }));
}

it('clients are counted by kind and by what they are about, and refusals without what the server said', () => {
  const summary = new Summary();
  countUp(summary.dropsByCause, 'reset', 3);
  countUp(summary.refusalsByCause, 'http-status: status 503', 2);
  countUp(summary.refusalsByCause, 'content-type: text/html; token=secret', 4);
  countUp(summary.refusalsByCause, 'content-type', 1);
  const all = clients(
    ['healthy', 'open'],
    ['healthy', 'waiting'],
    ['healthy', 'connecting'],
    ['stalled', 'requesting'],
    ['slow', 'idle'],
    ['slow', 'closed'],
  );
  expect(loadStatus(summary, all, NOTHING_EXPECTED, 1000)).toEqual({
    kinds: {
      healthy: { clients: 3, open: 1 },
      stalled: { clients: 1, open: 0 },
      slow: { clients: 2, open: 0 },
    },
    connecting: 2,
    waiting: 1,
    dropsByCause: { reset: 3 },
    refusalsByCause: { 'status 503': 2, 'content-type': 5 },
    heardEnough: [],
  });
});

it('of load processes that are lost what became of their clients counts, and none of these is there any more', () => {
  const one = {
    kinds: { healthy: { clients: 5, open: 4 } },
    connecting: 1,
    waiting: 0,
    dropsByCause: { reset: 1 },
    refusalsByCause: { refused: 2 },
    heardEnough: ['connections'],
  };
  const other = {
    ...one,
    kinds: { healthy: { clients: 5, open: 5 }, slow: { clients: 1, open: 1 } },
    heardEnough: ['connections', 'loss'],
  };
  expect(addedUp([one, NO_LOAD], [other])).toEqual({
    kinds: { healthy: { clients: 5, open: 4 } },
    connecting: 1,
    waiting: 0,
    dropsByCause: { reset: 2 },
    refusalsByCause: { refused: 4 },
    heardEnough: ['connections', 'loss'],
  });
  expect(addedUp([one, other], []).kinds).toEqual({
    healthy: { clients: 10, open: 9 },
    slow: { clients: 1, open: 1 },
  });
});

it.each([
  ['none came, and none is promised', 0, NOTHING_EXPECTED, 600_000, false],
  ['one came', 1, NOTHING_EXPECTED, 1000, true],
  ['one is promised, and not due yet', 0, { heartbeatMs: 2000, heartbeatWithinMs: null }, 3000, false],
  ['one is promised, and overdue', 0, { heartbeatMs: 2000, heartbeatWithinMs: null }, 10_000, true],
  ['one is asked for, and overdue', 0, { heartbeatMs: null, heartbeatWithinMs: 5000 }, 6000, true],
  ['a bound of ours is over', 0, { heartbeatMs: null, heartbeatWithinMs: UNPROMISED_SILENCE_MS }, 600_000, false],
])('whether heartbeats can be judged by now: %s', (_what, came, expectations, forMs, isEnough) => {
  const summary = new Summary();
  summary.counts.heartbeatsAfterGreeting = came;
  expect(loadStatus(summary, [], expectations, forMs).heardEnough.includes('heartbeats')).toBe(isEnough);
});
