/**
 * Fetches the servers that the tests hold the program against and that npm does not have: nginx and sse-starlette.
 *
 * Nothing is installed into the system and no rights are needed: what is not there is unpacked under node_modules,
 * and goes with it. What cannot be had is written down with the reason, and the tests that need it are skipped by
 * name. Runs before `npm test`; what is there already is not fetched again.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { cacheFolder, keepFound } from './found.mjs';

const run = promisify(execFile);
const folder = cacheFolder('real-servers');
const STEP_MS = 120_000;
const PYTHON_PACKAGES = ['sse-starlette==3.7.0', 'starlette==1.10.0', 'uvicorn==0.54.0'];
/** Debian and newer Ubuntu have the program in the first, older ones in the second. */
const NGINX_PACKAGES = ['nginx', 'nginx-core'];

/** @returns the program: the system's, or one unpacked from the distribution's package */
async function findNginx() {
  try {
    await run('nginx', ['-v']);
    return 'nginx';
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const place = join(folder, 'nginx');
  for (const step of [download, updateAndDownload]) {
    for (const name of NGINX_PACKAGES) {
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      if (!(await step(name, place))) continue;
      const [archive] = (await readdir(place)).filter((file) => file.endsWith('.deb'));
      await run('dpkg-deb', ['-x', join(place, archive), place]);
      const program = join(place, 'usr', 'sbin', 'nginx');
      await run(program, ['-v']);
      return program;
    }
  }
  throw new Error('apt-get has no package of it');
}

/** By the system's own lists, which need not be there. */
async function download(name, place, options = []) {
  try {
    await run('apt-get', [...options, '-o', 'APT::Sandbox::User=', 'download', name], { cwd: place, timeout: STEP_MS });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('there is no nginx, and no apt-get to fetch it', { cause: error });
    return false;
  }
}

/** By lists of our own, since only root may renew the system's. */
async function updateAndDownload(name, place) {
  const lists = join(folder, 'apt-lists');
  const cache = join(folder, 'apt-cache');
  const options = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'APT::Sandbox::User='];
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  await run('apt-get', [...options, 'update'], { timeout: STEP_MS });
  const done = await download(name, place, options);
  await Promise.all([lists, cache].map((one) => rm(one, { recursive: true, force: true })));
  return done;
}

/** @returns the folder for PYTHONPATH */
async function findSseStarlette() {
  const place = join(folder, 'python');
  await rm(place, { recursive: true, force: true });
  await run(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', place, ...PYTHON_PACKAGES],
    { timeout: STEP_MS },
  );
  await run('python3', ['-c', 'import sse_starlette, uvicorn'], { env: { ...process.env, PYTHONPATH: place } });
  return place;
}

await keepFound(folder, { nginx: findNginx, sseStarlette: findSseStarlette });
