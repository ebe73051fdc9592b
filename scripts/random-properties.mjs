/** Runs the files of the property tests with a seed of its own each time, or with `FC_SEED`, and prints it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const seed = process.env['FC_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
const files = readdirSync('test', { recursive: true })
  .map((path) => join('test', path))
  .filter((path) => path.endsWith('.test.ts') && /fast-check|recorder|hostile-result/.test(readFileSync(path, 'utf8')));
process.stdout.write(`The seed is ${seed}; FC_SEED=${seed} npm run test:random repeats this run.\n`);
const { status } = spawnSync('vitest', ['run', ...files, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, FC_SEED: seed },
});
process.stdout.write(`The seed was ${seed}.\n`);
process.exitCode = status ?? 1;
