/**
 * What it costs the server to look for dead clients: a pass over the kernel's table of connections, as `/readyz`
 * tells of it. The clients are on the same machine, so the table has two rows for each of them, twice as many as it
 * would have where clients are elsewhere.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readLoads, wholeNumber } from './options.mjs';
import { Bench } from './processes.mjs';
import { progress, sayMachine } from './progress.mjs';
import { loadTable } from './table.mjs';

const PERIOD_S = 5;
const COLUMNS = [
  { title: 'rows', figure: 'rows', digits: 0 },
  { title: 'ms a pass', figure: 'busyMs', digits: 1 },
  { title: 'µs a row', figure: 'usPerRow', digits: 2 },
  { title: 'ms at once', figure: 'sliceMs', digits: 1 },
  { title: `% of a core, a pass each ${PERIOD_S} s`, figure: 'cpuShare', digits: 2 },
];
const LOOK_EVERY_MS = 500;
const CONNECT_TIMEOUT_MS = 120_000;
const MAX_PASSES = 100;
const PASS = /the last pass took ([\d.]+) ms for ([\d,]+) rows, at most ([\d.]+) ms at once/;
export const SWEEP_USAGE = `npm run bench -- sweep [options]
  --clients LIST   loads, as clients or clients@events-per-second (1000,18000)
  --passes N       how many passes are looked at for each load (6)`;

export async function benchSweep(args, signal) {
  const { values } = parseArgs({ args, options: { clients: { type: 'string' }, passes: { type: 'string' } } });
  if (process.platform !== 'linux') throw new Error('only Linux has the table that is measured');
  const passes = wholeNumber('--passes', values.passes ?? '6', MAX_PASSES);
  const bench = await Bench.prepare(signal);
  try {
    sayMachine();
    console.log(`${passes} passes each; median (least–most); clients are ${bench.readerName}`);
    for (const load of readLoads(values.clients ?? '1000,18000').filter((load) => bench.allows(load))) {
      const figures = await measure(bench, load, passes, signal);
      progress('');
      console.log(loadTable(load, { sweep: figures }, { head: '', titles: { sweep: 'a pass' }, columns: COLUMNS }));
    }
  } finally {
    await bench.close();
  }
}

/** Figures of each pass, once all clients are there. */
async function measure(bench, load, passes, signal) {
  const server = await bench.startServe(load.rate, []);
  const reader = bench.startReader(load.clients, CONNECT_TIMEOUT_MS / 1000 + passes * PERIOD_S * 2, server.port);
  try {
    const deadlineMs = performance.now() + CONNECT_TIMEOUT_MS;
    while ((await ask(server.port, '/stats')).clients.connected < load.clients) {
      if (performance.now() > deadlineMs) throw new Error(`not all of ${load.clients} clients came`);
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
    const figures = [];
    // The pass of before may have seen only some of them.
    let last = (await passOf(server.port)).text;
    while (figures.length < passes + 1) {
      await delay(LOOK_EVERY_MS, undefined, { signal });
      const { text, ...pass } = await passOf(server.port);
      if (text === last) continue;
      last = text;
      figures.push(pass);
      progress(`${load.clients} clients, pass ${figures.length - 1} of ${passes}`);
    }
    return figures.slice(1);
  } finally {
    reader.kill('SIGKILL');
    server.child.kill('SIGKILL');
  }
}

async function passOf(port) {
  const { detail } = (await ask(port, '/readyz')).components.eviction;
  const [text, busyMs, rowsText, sliceMs] = PASS.exec(detail) ?? [];
  if (text === undefined) {
    if (/pass/.test(detail)) throw new Error(`the server tells of its passes in other words: ${detail}`);
    // There was none yet.
    return { text: '' };
  }
  const rows = Number(rowsText.replaceAll(',', ''));
  return {
    text,
    rows,
    busyMs: Number(busyMs),
    sliceMs: Number(sliceMs),
    usPerRow: (busyMs * 1000) / rows,
    cpuShare: busyMs / 10 / PERIOD_S,
  };
}

async function ask(port, path) {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).json();
}
