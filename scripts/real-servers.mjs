/**
 * Fetches the servers that the tests hold the program against and that npm does not have: proxies of the distribution,
 * sse-starlette, a small server in Go where Go is installed; promtool, which reads our alert rules; and Redis.
 *
 * Nothing is installed into the system and no rights are needed: what is not there is unpacked under node_modules, with
 * the libraries that a system without it lacks, and goes with it. What cannot be had is written down with the reason,
 * and the tests that need it are skipped by name. Runs before `npm test`; what is there already is not fetched again.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder, keepFound } from './found.mjs';

const run = promisify(execFile);
const folder = cacheFolder('real-servers');
const STEP_MS = 120_000;
/** Go compiles its whole library once. */
const BUILD_MS = 300_000;
const PYTHON_PACKAGES = ['sse-starlette==3.7.0', 'starlette==1.10.0', 'uvicorn==0.54.0'];
/** Where its own installer puts it, and nothing else looks. */
const GO_PROGRAMS = ['go', '/usr/local/go/bin/go'];
const GO_SOURCE = fileURLToPath(new URL('../test/support/real-servers/write-timeout.go', import.meta.url));

/**
 * Each program with the packages that hold it and the libraries that come with nothing else; where several lists are
 * given, the first that has the program. Only what is said by `version` shows that its libraries are there as well.
 */
const PROGRAMS = {
  nginx: {
    program: 'usr/sbin/nginx',
    version: '-v',
    // Debian and newer Ubuntu have the program in the first, older ones in the second.
    packages: [['nginx'], ['nginx-core']],
  },
  haproxy: {
    program: 'usr/sbin/haproxy',
    version: '-v',
    packages: [['haproxy', 'liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1'], ['haproxy']],
  },
  varnish: {
    program: 'usr/sbin/varnishd',
    version: '-V',
    packages: [['varnish', 'libvarnishapi3', 'libjemalloc2'], ['varnish', 'libvarnishapi3'], ['varnish']],
  },
  apache: {
    program: 'usr/sbin/apache2',
    version: '-v',
    packages: [
      ['apache2-bin', 'libapr1', 'libaprutil1'],
      ['apache2-bin', 'libapr1t64', 'libaprutil1t64'],
    ],
  },
  caddy: { program: 'usr/bin/caddy', version: 'version', packages: [['caddy']] },
  // No proxy: it reads the rules in monitoring/, and comes the same way.
  promtool: { program: 'usr/bin/promtool', version: '--version', packages: [['prometheus']] },
  // No proxy either: the stream that several hubs share.
  redis: {
    program: 'usr/bin/redis-server',
    version: '--version',
    packages: [
      ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2'],
      ['redis-server', 'redis-tools', 'liblzf1'],
    ],
  },
};

/** @returns the program: the system's, or one unpacked from the distribution's packages */
async function findProgram(name) {
  const { program, version, packages } = PROGRAMS[name];
  const command = program.split('/').at(-1);
  try {
    await run(command, [version]);
    return command;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const place = join(folder, name);
  for (const options of [async () => [], ownLists]) {
    for (const list of packages) {
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      if (!(await download(list, place, await options()))) continue;
      const archives = (await readdir(place)).filter((file) => file.endsWith('.deb'));
      for (const archive of archives) await run('dpkg-deb', ['-x', join(place, archive), place]);
      const found = join(place, program);
      await run(found, [version], { env: await withLibraries(place) });
      return found;
    }
  }
  throw new Error('apt-get has no package of it');
}

/** The libraries that were unpacked with it, behind those of the system. */
async function withLibraries(place) {
  const library = join(place, 'usr', 'lib');
  const found = (await readdir(library).catch(() => [])).filter((name) => name.endsWith('-linux-gnu'));
  return { ...process.env, LD_LIBRARY_PATH: found.map((name) => join(library, name)).join(':') };
}

async function download(packages, place, options) {
  try {
    await run('apt-get', [...options, '-o', 'APT::Sandbox::User=', 'download', ...packages], {
      cwd: place,
      timeout: STEP_MS,
    });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('it is not installed, and there is no apt-get', { cause: error });
    return false;
  }
}

/** The options for package lists of our own: the system's need not be there, and only root may renew them. */
let fetchedLists = null;
function ownLists() {
  fetchedLists ??= (async () => {
    const options = ['-o', `Dir::State::Lists=${aptLists}`, '-o', `Dir::Cache=${aptCache}`];
    await mkdir(join(aptLists, 'partial'), { recursive: true });
    await mkdir(join(aptCache, 'archives', 'partial'), { recursive: true });
    await run('apt-get', [...options, '-o', 'APT::Sandbox::User=', 'update'], { timeout: STEP_MS });
    return options;
  })();
  return fetchedLists;
}
const aptLists = join(folder, 'apt-lists');
const aptCache = join(folder, 'apt-cache');

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

const goPlace = join(folder, 'go');
const goServer = join(goPlace, 'write-timeout');

/** One that was built from an older source is built anew. */
async function forgetOldGoServer() {
  const [built, source] = await Promise.all([stat(goServer).catch(() => null), stat(GO_SOURCE)]);
  if (built !== null && built.mtimeMs < source.mtimeMs) await rm(goServer);
}

/** @returns the server in Go, built with nothing but Go's own library */
async function findGoServer() {
  const [place, built] = [goPlace, goServer];
  await mkdir(place, { recursive: true });
  const env = { ...process.env, GOCACHE: join(place, 'cache'), GOPATH: place, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
  for (const go of GO_PROGRAMS) {
    try {
      await run(go, ['build', '-o', built, GO_SOURCE], { env, cwd: place, timeout: BUILD_MS });
      await rm(join(place, 'cache'), { recursive: true, force: true });
      return built;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Error('Go is not installed');
}

await forgetOldGoServer();
await keepFound(folder, {
  ...Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, () => findProgram(name)])),
  sseStarlette: findSseStarlette,
  goServer: findGoServer,
});
await Promise.all([aptLists, aptCache].map((one) => rm(one, { recursive: true, force: true })));
