/**
 * `npm run fuzz`: gives each target of test/fuzz its share of the time, one after the other, and says what came of it.
 *
 *     npm run fuzz                                   all targets, a minute together
 *     npm run fuzz -- --seconds 28800                a night
 *     npm run fuzz -- --target http2 --seed 7        one target, from that seed on
 *
 * A target runs in a process of its own, which is ended when it stands still: the batch that it was in is known.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const FOLDER = join('test', 'fuzz');
/** Where the target that runs says how far it is. */
const PROGRESS = join('node_modules', '.cache', `fuzz-${process.pid}.json`);
/** Beyond its time: for the start, for the smallest input that fails, and for a case that is at its bound. */
const GRACE_SECONDS = 180;
const SEED_RANGE = 2 ** 31;

const targets = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.test.ts'.length));

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string', multiple: true, default: targets },
    seed: { type: 'string', default: String(Math.floor((Math.random() * SEED_RANGE) / 2)) },
  },
});
const seconds = wholeNumber('seconds', values.seconds, 1);
const seed = wholeNumber('seed', values.seed, 0);
const unknown = values.target.find((name) => !targets.includes(name));
if (unknown !== undefined) refuse(`there is no target ${JSON.stringify(unknown)}; there are ${targets.join(', ')}`);

mkdirSync(join('node_modules', '.cache'), { recursive: true });
process.stdout.write(`The seed is ${seed}.\n`);
const share = Math.max(1, Math.round(seconds / values.target.length));
let failures = 0;
for (const name of values.target) {
  const { ended, output } = await run(name);
  const { cases = 0, seed: last = seed, rssBytes = 0 } = readProgress();
  const figures = `${cases.toLocaleString('en-US')} inputs, seeds ${seed} to ${last}, ${Math.round(rssBytes / 1e6)} MB`;
  process.stdout.write(`${name}: ${ended === 0 ? 'holds' : 'FAILS'} (${figures})\n`);
  if (ended === 0) continue;
  failures += 1;
  if (ended === 'stands still') {
    process.stdout.write(
      `It stood still and was ended; the batch again: npm run fuzz -- --target ${name} --seed ${last}\n`,
    );
  }
  process.stdout.write(output);
}
rmSync(PROGRESS, { force: true });
process.stdout.write(failures === 0 ? 'All hold.\n' : `${failures} of ${values.target.length} targets fail.\n`);
process.exitCode = failures === 0 ? 0 : 1;

/** @returns {Promise<{ ended: number | 'stands still', output: string }>} */
function run(name) {
  rmSync(PROGRESS, { force: true });
  // A group of its own: vitest has processes below it.
  const child = spawn('vitest', ['run', '--project', 'unit', join(FOLDER, `${name}.test.ts`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, FUZZ_SECONDS: String(share), FUZZ_SEED: String(seed), FUZZ_PROGRESS: PROGRESS },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-100_000);
    });
  }
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const interrupt = () => {
    end();
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let stoodStill = false;
  const timer = setTimeout(
    () => {
      stoodStill = true;
      end();
    },
    (share + GRACE_SECONDS) * 1000,
  );
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      resolve({ ended: stoodStill ? 'stands still' : (code ?? 1), output });
    });
  });
}

/** What the target last said of itself; nothing where it did not begin. */
function readProgress() {
  try {
    return JSON.parse(readFileSync(PROGRESS, 'utf8'));
  } catch {
    return {};
  }
}

function wholeNumber(name, text, least) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > SEED_RANGE)
    refuse(`--${name} is a whole number from ${least} to ${SEED_RANGE}, not ${JSON.stringify(text)}`);
  return number;
}

/** @returns {never} */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}
