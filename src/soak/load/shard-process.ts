/**
 * The program of one load process that is a child of the run: it takes its plan over the channel, starts when
 * all start, tells once a second what it heard, and everything at the end. It dies with its parent.
 */
import { type Clock, systemClock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';
import { AskedTable } from './asked-table.ts';
import { toJson } from './merged-result.ts';
import { Requests } from './requests.ts';
import type { FromShard, ToShard } from './shard-messages.ts';
import { loadStreamOpening } from './stream-opening.ts';
import { Shard } from './shard.ts';
import { openTransport } from '../../reach/transport-spec.ts';

const ALIVE_MS = 1000;
/** The order to start comes no longer than this before the start. */
const MOST_AHEAD_MS = 5000;

let shard: Shard | null = null;
/** That of the run: its wall clock may not be that of this machine. */
let clock = systemClock;
let targetAlive = true;
const table = new AskedTable(
  (asked) => tell({ type: 'rows', asked }),
  () => tell({ type: 'hurry' }),
);
const ended = new AbortController();

function tell(message: FromShard): void {
  process.send?.(message);
}

async function prepare({ plan, aim, bearer, version, wallShiftMs }: Extract<ToShard, { type: 'plan' }>): Promise<void> {
  clock = shifted(wallShiftMs);
  const target = { ...aim, url: new URL(aim.url) };
  const requests = new Requests(target, plan, bearer, version);
  const transport = await openTransport(aim.transport);
  const openingFor = await loadStreamOpening({ plan, requests, transport, clock });
  shard = new Shard(plan, target, {
    alive: () => targetAlive,
    openingFor,
    table,
    transport,
    clock,
    secrets: requests.secrets,
  });
  tell({ type: 'ready' });
}

function shifted(wallShiftMs: number): Clock {
  return { nowMs: () => systemClock.nowMs(), wallMs: () => systemClock.wallMs() + wallShiftMs };
}

async function run(atMs: number): Promise<void> {
  // Both clocks begin with their processes: one that was set in between is not to be waited for.
  await pause(Math.min(atMs - clock.wallMs(), MOST_AHEAD_MS), ended.signal);
  const running = shard;
  await running?.run(ended.signal, ({ latency, soFar, ...sample }) => {
    tell({
      type: 'sample',
      ...sample,
      found: running.found,
      latency: latency.count > 0 ? latency.encode() : '',
      soFar: soFar === null ? null : toJson(soFar),
    });
  });
  tell({ type: 'closed' });
}

async function leave(): Promise<void> {
  const result = await shard?.leave();
  if (result === undefined) return;
  const message: FromShard = { type: 'result', ...toJson(result) };
  // What is larger than a pipe holds would be cut by the end of the channel.
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, {}, () => resolve());
  });
  process.disconnect();
}

process.on('message', (message: ToShard) => {
  if (message.type === 'plan') void prepare(message);
  else if (message.type === 'start') void run(message.atMs);
  else if (message.type === 'end') {
    targetAlive = !message.targetDown;
    ended.abort();
  } else if (message.type === 'incident') shard?.incident(message.incident);
  else if (message.type === 'fields') shard?.take(message.found);
  else if (message.type === 'rows') table.answered(message.seen);
  else void leave();
});
setInterval(() => tell({ type: 'alive' }), ALIVE_MS).unref();
// Signals of the terminal reach the whole group: what they mean is for the run to say.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.once('disconnect', () => process.exit());
