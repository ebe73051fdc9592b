/**
 * What the server costs, beside a C program that does the least possible, a library and a server as most are written.
 *
 * Each is a process of its own and read by the same lean process, and they take turns within a round: on a machine that
 * does other things too, only figures of the same minutes can be compared, so the ratio to C is taken within each round.
 */
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LOAD_FLAGS, readRun, readSeconds } from './options.mjs';
import { Bench } from './processes.mjs';
import { progress, sayMachine } from './progress.mjs';
import { measureBesideStalled } from './stalled.mjs';
import { loadTable, memorySlope, plainTable } from './table.mjs';

const SUBJECTS = {
  ours: 'sse-probe serve',
  c: 'C, one send() each',
  betterSse: 'better-sse',
  http: 'node:http, res.write(string)',
};
const COLUMNS = [
  { title: 'KB a connection', figure: 'kbPerClient', digits: 1 },
  { title: 'µs a delivery', figure: 'usPerEvent', digits: 2 },
  { title: '× C', figure: 'timesC', digits: 2 },
  { title: 'delivered/s', figure: 'eventsPerSecond', digits: 0 },
  { title: '% of due', figure: 'dueShare', digits: 1 },
  { title: 'latency p50, ms', figure: 'latencyP50Ms', digits: 0 },
  { title: 'p99, ms', figure: 'latencyP99Ms', digits: 0 },
  { title: 'fan-out, ms', figure: 'fanOutMs', digits: 0 },
];
export const HUB_USAGE = `npm run bench -- hub [options]
  --clients LIST   loads, as clients or clients@events-per-second (4000@5)
  --seconds N      length of each measurement (8)
  --rounds N       how often each is measured (3)
  --only LIST      some of ${Object.keys(SUBJECTS).join(', ')}
  --quick          1000@5, once, for 4 s (two minutes)
  --stalled        instead: 49 readers of 4 KB events, 1000 a second, alone and beside one that never reads (for 60 s)
  --against DIR    measure sse-probe as it is built in DIR too: another version of it
  --cpu-prof DIR   write a processor profile of each run of ours to DIR (and cost more)`;

export async function benchHub(args, signal) {
  const { values } = parseArgs({
    args,
    options: { ...LOAD_FLAGS, against: { type: 'string' }, stalled: { type: 'boolean', default: false } },
  });
  if (process.platform !== 'linux') throw new Error('what another process costs is read from /proc: this needs Linux');
  const { quick, against } = values;
  const defaults = quick
    ? { loads: '1000@5', seconds: '4', rounds: '1' }
    : { loads: '4000@5', seconds: '8', rounds: '3' };
  const bench = await Bench.prepare(signal);
  try {
    if (values.stalled) await runStalled(bench, readSeconds(values, '60'));
    else
      await run(bench, {
        ...readRun(values, defaults, SUBJECTS),
        other: against === undefined ? null : join(resolve(against), 'bin/sse-probe.js'),
      });
  } finally {
    await bench.close();
  }
}

async function runStalled(bench, seconds) {
  sayMachine();
  const rows = [];
  for (const stalled of [0, 1]) {
    progress(`${stalled} stalled for ${seconds} s (load of the machine ${loadavg()[0].toFixed(1)})`);
    const figures = await measureBesideStalled(bench, stalled, seconds);
    const { latencyP50Ms, latencyP99Ms, eventsPerSecond, cpu, evicted, dropped, peakMb, afterMb } = figures;
    rows.push([
      stalled === 0 ? '49 readers' : 'and one stalled',
      latencyP50Ms.toFixed(1),
      latencyP99Ms.toFixed(1),
      eventsPerSecond.toFixed(0),
      (100 * cpu).toFixed(0),
      evicted,
      String(dropped),
      peakMb.toFixed(0),
      afterMb.toFixed(0),
    ]);
  }
  progress('');
  console.log(
    plainTable(
      [
        '',
        'latency p50, ms',
        'p99, ms',
        'delivered/s',
        '% of a core',
        'evicted',
        'dropped',
        'peak, MB more',
        'after, MB more',
      ],
      rows,
    ),
  );
}

async function run(bench, { loads, seconds, rounds, only, other, profileInto }) {
  sayMachine();
  console.log(`${rounds} rounds of ${seconds} s; median (least–most); read by ${bench.readerName}`);
  for (const name of only) if (!bench.can(name)) console.log(`skipped: ${SUBJECTS[name]} (no gcc here)`);
  const subjects = only.filter((name) => bench.can(name));
  if (other !== null) subjects.splice(1, 0, 'other');
  const options = { ours: { profileInto }, other: { program: other } };
  const titles = { ...SUBJECTS, other: `sse-probe serve in ${other}` };
  const measured = [];
  for (const load of loads.filter((load) => bench.allows(load))) {
    const results = Object.fromEntries(subjects.map((name) => [name, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const name of subjects) {
        progress(
          `${load.clients} × ${load.rate}/s, round ${round} of ${rounds}, ${name} (load of the machine ${loadavg()[0].toFixed(1)})`,
        );
        results[name].push(await bench.measureServer(name, load, seconds, options[name]));
      }
    }
    progress('');
    measured.push({ load, results });
    console.log(loadTable(load, results, { head: 'server', titles, columns: COLUMNS }));
  }
  const slope = memorySlope(measured, titles);
  if (slope !== null) console.log(slope);
}
