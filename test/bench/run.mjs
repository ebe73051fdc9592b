/**
 * What a simulated client costs, beside a C program that does the least possible and two libraries that only count.
 *
 * Each figure comes from a process of its own against a fresh server, and the subjects take turns within a round:
 * on a machine that does other things too, only figures of the same minutes can be compared, so the ratio to C is
 * taken within each round. It prints and judges nothing.
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Bench } from './processes.mjs';
import { loadTable, slopeTable } from './table.mjs';

const SUBJECTS = { ours: 'sse-probe, all measured', c: 'C, epoll, counts', undici: 'undici, counts', http: 'node:http, counts' };
const MAX_SECONDS = 600;
const MAX_ROUNDS = 20;
const USAGE = `npm run bench -- [options]
  --clients LIST   loads, as clients or clients@events-per-second (1000,5000,18000,200@1000)
  --seconds N      length of each measurement (6)
  --rounds N       how often each is measured (3)
  --only LIST      some of ${Object.keys(SUBJECTS).join(', ')}
  --quick          1000 and 200@1000, once, for 3 s (two minutes)
  --cpu-prof DIR   write a processor profile of each run of ours to DIR (and cost more)`;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => abort.abort());
try {
  const options = readOptions();
  process.exitCode = options === null ? 0 : await run(options);
} catch (error) {
  console.error(abort.signal.aborted ? 'interrupted' : `bench: ${error.message}`);
  process.exitCode = abort.signal.aborted ? 130 : 1;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      clients: { type: 'string' }, seconds: { type: 'string' }, rounds: { type: 'string' }, only: { type: 'string' },
      quick: { type: 'boolean', default: false }, 'cpu-prof': { type: 'string' }, help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return null;
  }
  const { quick } = values;
  const only = values.only?.split(',') ?? Object.keys(SUBJECTS);
  const unknown = only.find((name) => !Object.hasOwn(SUBJECTS, name));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}"\n${USAGE}`);
  return {
    loads: (values.clients ?? (quick ? '1000,200@1000' : '1000,5000,18000,200@1000')).split(',').map(readLoad),
    seconds: wholeNumber('--seconds', values.seconds ?? (quick ? '3' : '6'), MAX_SECONDS),
    rounds: wholeNumber('--rounds', values.rounds ?? (quick ? '1' : '3'), MAX_ROUNDS),
    only,
    profileInto: values['cpu-prof'] ?? null,
  };
}

function readLoad(text) {
  const [clients, rate = '1'] = text.split('@');
  return { clients: wholeNumber('--clients', clients, 1_000_000), rate: wholeNumber('--clients', rate, 100_000) };
}

function wholeNumber(flag, text, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${flag}: "${text}" is not a whole number from 1 to ${most}\n${USAGE}`);
}

async function run({ loads, seconds, rounds, only, profileInto }) {
  const bench = await Bench.prepare(abort.signal);
  try {
    console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${release()}, Node ${process.version}`);
    console.log(`${rounds} rounds of ${seconds} s; median (least–most); events come from ${bench.serverName}`);
    const subjects = only.filter((name) => bench.can(name));
    for (const name of only) if (!bench.can(name)) console.log(`skipped: ${SUBJECTS[name]} (no gcc here)`);
    const measured = [];
    for (const load of loads) {
      if (load.clients > bench.mostClients) {
        console.log(`skipped: ${load.clients} clients (this machine allows a process ${bench.mostClients} sockets; raise "ulimit -n")`);
        continue;
      }
      const results = await measureLoad(bench, load, { subjects, seconds, rounds, profileInto });
      measured.push({ load, results });
      console.log(loadTable(load, results, SUBJECTS));
    }
    const slopes = slopeTable(measured, SUBJECTS);
    if (slopes !== null) console.log(slopes);
    return 0;
  } finally {
    await bench.close();
  }
}

/** For each subject its figures, round by round; null where one failed. */
async function measureLoad(bench, load, { subjects, seconds, rounds, profileInto }) {
  const results = Object.fromEntries(subjects.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of subjects) {
      progress(`${load.clients} × ${load.rate}/s, round ${round} of ${rounds}, ${name} (load of the machine ${loadavg()[0].toFixed(1)})`);
      results[name].push(await bench.measure(name, load, seconds, profileInto));
    }
  }
  progress('');
  return results;
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}
