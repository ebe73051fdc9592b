/** One second of a run that goes as planned, for tests of what shows it. */
import type { RunTick } from '../../src/core/run-events.ts';

export const RUN_TICK: RunTick = {
  type: 'tick',
  tMs: 1500,
  totalMs: 35_000,
  phase: 'ramp',
  clients: 8,
  plannedClients: 10,
  events: 20,
  eventsPerSecond: 13.3,
  latencyP50Ms: 1.5,
  latencyP99Ms: 4,
  drops: 1,
  evictions: 2,
  serverRssBytes: 1e8,
  load: { kinds: {}, connecting: 0, waiting: 2, dropsByCause: {}, refusalsByCause: {}, heardEnough: [] },
  questions: [],
};
