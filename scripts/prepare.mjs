/**
 * `npm run prepare`, which npm runs after `npm ci`, before `npm pack`, and for `npm install -g .`: builds the package.
 *
 * For a folder that is installed globally npm only makes a link, and installs nothing in that folder, neither what the
 * build needs nor what the program needs. Where the build's tools are missing they are therefore installed first, and
 * removed again where npm was told to leave them out.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);
/** What the calling npm was told for itself: in the clone `npm ci` refuses `global`, and the others change what it does. */
const OF_THE_CALLER = /^npm_config_(?:global|location|prefix|local_prefix|dry_run|omit|include|only|production|json)$/i;
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund'];

if (isThere('rolldown') && isThere('typescript/package.json')) run(process.execPath, ['scripts/build.mjs']);
else {
  process.stderr.write('sse-probe: the tools that build it are missing, so that they are installed first (npm ci)\n');
  npm(['ci', '--include=dev', ...QUIET]);
  run(process.execPath, ['scripts/build.mjs']);
  if (isWithoutTools(process.env)) npm(['prune', '--omit=dev', ...QUIET]);
}

function isThere(name) {
  try {
    return resolve(name) !== '';
  } catch {
    return false;
  }
}

function isWithoutTools({ npm_config_omit: omitted = '', NODE_ENV: environment }) {
  return omitted.split(/\s+/).includes('dev') || environment === 'production';
}

function npm(args) {
  const cli = process.env.npm_execpath ?? '';
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_CALLER.test(name)));
  if (cli.endsWith('npm-cli.js')) run(process.execPath, [cli, ...args], environment);
  else run('npm', args, environment);
}

/** A program that fails has said why; npm adds that this script failed. */
function run(program, args, env = process.env) {
  try {
    execFileSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
