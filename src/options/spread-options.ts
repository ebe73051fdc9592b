/** Options of a soak that gives its load to workers. */
import type { OptionTable } from './option.ts';
import { redisRows } from './redis-rows.ts';
import { duration, int } from './values/quantities.ts';

export const spreadOptions = {
  ...redisRows('Load', 'Redis whose sse-probe workers, on any number of machines, take the load'),
  shards: {
    flag: 'shards',
    group: 'Load',
    kind: int(1, 10_000),
    default: null,
    unset: 'one for each worker, and more for more than 18,000 clients each',
    help: 'number of load processes of the workers',
  },
  waitForWorkersMs: {
    flag: 'wait-for-workers',
    group: 'Load',
    kind: duration('0s', '1d'),
    default: '30s',
    help: 'time to wait for workers that are missing or have another soak; 0s: do not wait',
  },
} as const satisfies OptionTable;
