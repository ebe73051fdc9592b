/**
 * What a simulated client costs, beside the least that the operating system asks for it, and beside what Node's own
 * clients cost. Every round runs all subjects in turn against a fresh server, so that a busy machine is busy for
 * all of them. Prints; asserts nothing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('./', import.meta.url));
const program = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));
const SUBJECTS = { ours: 'sse-probe', c: 'C, epoll', undici: 'undici dispatch', http: 'node:http' };
/** Connecting, calm and clean-up come to the seconds that are measured. */
const PATIENCE_MS = 90_000;

const { values: options } = parseArgs({ options: {
  clients: { type: 'string', default: '1000,5000,18000' },
  seconds: { type: 'string', default: '6' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', default: Object.keys(SUBJECTS).join(',') },
  quick: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} });

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-bench-'));
const children = new Set();

if (options.help) {
  console.log(`npm run bench -- [--clients 1000,5000,18000] [--seconds 6] [--rounds 3] [--only ${Object.keys(SUBJECTS).join(',')}] [--quick]`);
} else {
  process.once('SIGINT', () => process.exit(130));
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await bench();
}

async function bench() {
  const seconds = options.quick ? 3 : Number(options.seconds);
  const rounds = options.quick ? 1 : Number(options.rounds);
  const loads = options.quick
    ? [{ clients: 1000, rate: 1 }]
    : [...options.clients.split(',').map((clients) => ({ clients: Number(clients), rate: 1 })), { clients: 200, rate: 1000 }];
  const compiled = compile();
  const subjects = options.only.split(',').filter((subject) => compiled || subject !== 'c');
  console.log(`Node ${process.versions.node}, ${availableParallelism()} cores, ${rounds} rounds of ${seconds} s; server: ${compiled ? 'C' : 'sse-probe serve'}`);
  if (!compiled) console.log('There is no gcc: without the C reader, and ratios to it.');
  for (const { clients, rate } of loads) {
    const results = Object.fromEntries(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < rounds; round++) {
      for (const subject of subjects) results[subject].push(await measureOne(subject, clients, rate, seconds, compiled));
    }
    print(clients, rate, results);
  }
}

function compile() {
  for (const name of ['fanout', 'reader']) {
    if (spawnSync('gcc', ['-O2', '-o', join(folder, name), join(here, 'floor', `${name}.c`)]).status !== 0) return false;
  }
  return true;
}

async function measureOne(subject, clients, rate, seconds, compiled) {
  const server = start(compiled
    ? [join(folder, 'fanout'), String(rate)]
    : [process.execPath, program, 'serve', '--port=0', `--rate=${rate}/s`, '--max-clients=100000']);
  try {
    const port = await said(server, /listening on (?:http:\/\/\S+:)?(\d+)/);
    const command = {
      ours: [process.execPath, '--expose-gc', join(here, 'ours.mjs')],
      http: [process.execPath, '--expose-gc', join(here, 'node-http.mjs')],
      undici: [process.execPath, '--expose-gc', join(here, 'undici.mjs')],
      c: [join(folder, 'reader')],
    }[subject];
    const client = start([...command, String(clients), String(seconds), port]);
    return JSON.parse(await said(client, /^(\{.*\})$/m));
  } finally {
    server.kill('SIGKILL');
  }
}

function start([file, ...args]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`${child.spawnfile} said nothing in time`)), PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${child.spawnargs.join(' ')} exited with ${code}: ${text}`));
    });
  });
}

function print(clients, rate, results) {
  console.log(`\n${clients.toLocaleString('en-US')} clients × ${rate}/s`);
  console.log('| client | KB a client | µs an event (least–most) | times C |\n| --- | --- | --- | --- |');
  const floor = results.c === undefined ? null : median(results.c.map(({ usPerEvent }) => usPerEvent));
  for (const [subject, runs] of Object.entries(results)) {
    const times = runs.map(({ usPerEvent }) => usPerEvent);
    const ratio = floor === null ? '–' : (median(times) / floor).toFixed(2);
    const kb = median(runs.map(({ kbPerClient }) => kbPerClient)).toFixed(1);
    console.log(`| ${SUBJECTS[subject]} | ${kb} | ${median(times).toFixed(2)} (${Math.min(...times).toFixed(2)}–${Math.max(...times).toFixed(2)}) | ${ratio} |`);
  }
}

function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}
