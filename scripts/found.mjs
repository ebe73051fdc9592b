/** What a script has found for the tests, kept under node_modules: it is looked for once, and goes with `npm ci`. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @returns the folder for what belongs to `name`; it need not exist */
export function cacheFolder(name) {
  return fileURLToPath(new URL(`../node_modules/.cache/${name}/`, import.meta.url));
}

/**
 * Runs each finder whose thing is not known yet and writes down what it returned, or in one line why there is none: the
 * reason is shown where a test is skipped.
 */
export async function keepFound(folder, finders) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'found.json');
  const before = await readKnown(file);
  const found = {};
  await Promise.all(
    Object.entries(finders).map(async ([name, find]) => {
      const known = stillThere(before[name]?.found);
      found[name] = known === undefined ? await tried(find) : before[name];
      if (known === undefined)
        process.stderr.write(
          `${name}: ${found[name].found ?? `not there, its tests are skipped (${found[name].missing})`}\n`,
        );
    }),
  );
  await writeFile(file, `${JSON.stringify(found, null, 2)}\n`);
}

/** What was found by its whole path may have been removed since. */
function stillThere(found) {
  return found !== undefined && isAbsolute(found) && !existsSync(found) ? undefined : found;
}

async function readKnown(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

async function tried(find) {
  try {
    return { found: await find() };
  } catch (error) {
    const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1) || error.message;
    return { missing: said.split('\n')[0].slice(0, 200) };
  }
}
