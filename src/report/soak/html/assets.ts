/**
 * The script and the style of the page, as the build leaves them beside this module: uPlot is in both, and nothing is
 * loaded from elsewhere. A checkout that runs its sources has them in its build.
 */
import { readFile } from 'node:fs/promises';

export interface PageAssets {
  script: string;
  style: string;
}

const BESIDE = new URL('./', import.meta.url);
const BUILT = new URL('../../../../dist/report/soak/html/', import.meta.url);

/** @param name the script: of a file, or of a page that a run serves */
export async function pageAssets(name: 'page-script.js' | 'live-script.js'): Promise<PageAssets> {
  const [script, style] = await Promise.all([asset(name), asset('page-style.css')]);
  return { script, style };
}

async function asset(name: string): Promise<string> {
  try {
    return await readFile(new URL(name, BESIDE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return readFile(new URL(name, BUILT), 'utf8');
  }
}
