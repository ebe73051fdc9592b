/**
 * Finds Chromium for the tests of the dashboard. Where there is none it is installed from the distribution, if that can
 * be done without asking (root and apt-get); else the reason is written down and those tests are skipped by name.
 * Runs before `npm test`; what is there already is not looked for again.
 */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { cacheFolder, keepFound } from './found.mjs';

const run = promisify(execFile);
const PROGRAMS = ['/usr/bin/chromium', 'chromium', 'chromium-browser', 'google-chrome'];
// Without a font of its own a minimal system shows no letters.
const PACKAGES = ['chromium', 'fonts-dejavu-core'];
const STEP_MS = 300_000;
const INSTALL = ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60', ...PACKAGES];

async function findChromium() {
  const there = await firstProgram();
  if (there !== null) return there;
  if (process.getuid?.() !== 0) throw new Error('there is no chromium, and only root may install it');
  try {
    await aptGet(INSTALL);
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('there is no chromium, and no apt-get to fetch it', { cause: error });
    await aptGet(['update']);
    await aptGet(INSTALL);
  }
  const installed = await firstProgram();
  if (installed === null) throw new Error('chromium does not start');
  return installed;
}

function aptGet(args) {
  return run('apt-get', args, {
    timeout: STEP_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 2 ** 24,
  });
}

/** @returns the path of the first that says its version, or null */
async function firstProgram() {
  for (const program of PROGRAMS) {
    try {
      await run(program, ['--version'], { timeout: STEP_MS });
      const { stdout } = await run('sh', ['-c', 'command -v "$0"', program]);
      return stdout.trim();
    } catch (error) {
      if (error.code !== 'ENOENT') process.stderr.write(`${program}: ${error.message}\n`);
    }
  }
  return null;
}

await keepFound(cacheFolder('browser'), { chromium: findChromium });
