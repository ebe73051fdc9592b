/** How long the program takes to start, beside Node that starts and does nothing: `npm run bench -- start`. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { wholeNumber } from './options.mjs';
import { markdown } from './table.mjs';

export const START_USAGE = `npm run bench -- start [--rounds 20]
  --rounds  how often each is started, in turn`;

const MAX_ROUNDS = 1000;
const PROGRAM = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));
const BARE = 'node -e 0';
const STARTED = {
  [BARE]: ['-e', '0'],
  'sse-probe --version': [PROGRAM, '--version'],
  'sse-probe --help': [PROGRAM, '--help'],
  'sse-probe soak --help': [PROGRAM, 'soak', '--help'],
};

export function benchStart(args, signal) {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '20' } } });
  const rounds = wholeNumber('--rounds', values.rounds, MAX_ROUNDS);
  const results = Object.fromEntries(Object.keys(STARTED).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    // In turn, so that what else the machine does meets all of them.
    for (const [name, command] of Object.entries(STARTED)) results[name].push(started(command));
  }
  const bare = medianOf(results[BARE], 'cpuMs');
  const rows = Object.entries(results).map(([name, starts]) => {
    const [cpuMs, wallMs] = [medianOf(starts, 'cpuMs'), medianOf(starts, 'wallMs')];
    return [name, cpuMs.toFixed(0), (cpuMs / bare).toFixed(2), wallMs.toFixed(0)];
  });
  console.log(markdown([['medians', 'CPU ms', 'of bare Node', 'wall ms'], ...rows]).join('\n'));
}

/** By bash, which counts the processor time of one child. */
function started(command) {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$0" "$@" > /dev/null 2> /dev/null; } 2>&1';
  const [real, user, system] = execFileSync('bash', ['-c', script, process.execPath, ...command], { encoding: 'utf8' })
    .trim()
    .split(' ')
    .map((seconds) => 1000 * Number(seconds.replace(',', '.')));
  return { wallMs: real, cpuMs: user + system };
}

function medianOf(starts, figure) {
  const sorted = starts.map((one) => one[figure]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
