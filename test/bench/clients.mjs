/**
 * What a simulated client costs, beside a C program that does the least possible and two libraries that only count.
 *
 * Each figure comes from a process of its own against a fresh server, and the subjects take turns within a round:
 * on a machine that does other things too, only figures of the same minutes can be compared, so the ratio to C is
 * taken within each round. It prints and judges nothing.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { LOAD_FLAGS, readRun } from './options.mjs';
import { Bench } from './processes.mjs';
import { progress, sayMachine } from './progress.mjs';
import { loadTable, slopeTable } from './table.mjs';

const SUBJECTS = {
  ours: 'sse-probe, all measured',
  c: 'C, epoll, counts',
  undici: 'undici, counts',
  http: 'node:http, counts',
};
const COLUMNS = [
  { title: 'KB a client', figure: 'kbPerClient', digits: 1 },
  { title: 'µs an event', figure: 'usPerEvent', digits: 1 },
  { title: '× C', figure: 'timesC', digits: 2 },
  { title: 'events/s', figure: 'eventsPerSecond', digits: 0 },
];
export const CLIENTS_USAGE = `npm run bench -- [clients] [options]
  --clients LIST   loads, as clients or clients@events-per-second (1000,5000,18000,200@1000)
  --seconds N      length of each measurement (6)
  --rounds N       how often each is measured (3)
  --only LIST      some of ${Object.keys(SUBJECTS).join(', ')}
  --quick          1000 and 200@1000, once, for 3 s (two minutes)
  --cpu-prof DIR   write a processor profile of each run of ours to DIR (and cost more)`;

export async function benchClients(args, signal) {
  const { values } = parseArgs({ args, options: LOAD_FLAGS });
  const defaults = values.quick
    ? { loads: '1000,200@1000', seconds: '3', rounds: '1' }
    : { loads: '1000,5000,18000,200@1000', seconds: '6', rounds: '3' };
  const bench = await Bench.prepare(signal);
  try {
    await run(bench, readRun(values, defaults, SUBJECTS));
  } finally {
    await bench.close();
  }
}

async function run(bench, { loads, seconds, rounds, only, profileInto }) {
  sayMachine();
  console.log(`${rounds} rounds of ${seconds} s; median (least–most); events come from ${bench.serverName}`);
  const subjects = only.filter((name) => bench.can(name));
  for (const name of only) if (!bench.can(name)) console.log(`skipped: ${SUBJECTS[name]} (no gcc here)`);
  const measured = [];
  for (const load of loads.filter((load) => bench.allows(load))) {
    const results = await measureLoad(bench, load, { subjects, seconds, rounds, profileInto });
    measured.push({ load, results });
    console.log(loadTable(load, results, { head: 'client', titles: SUBJECTS, columns: COLUMNS }));
  }
  const slopes = slopeTable(measured, SUBJECTS);
  if (slopes !== null) console.log(slopes);
}

/** For each subject its figures, round by round; null where one failed. */
async function measureLoad(bench, load, { subjects, seconds, rounds, profileInto }) {
  const results = Object.fromEntries(subjects.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of subjects) {
      progress(
        `${load.clients} × ${load.rate}/s, round ${round} of ${rounds}, ${name} (load of the machine ${loadavg()[0].toFixed(1)})`,
      );
      results[name].push(await bench.measureClient(name, load, seconds, profileInto));
    }
  }
  progress('');
  return results;
}
