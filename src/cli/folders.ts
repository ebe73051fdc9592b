/**
 * Makes a folder with those above it that are missing, one by one: Node's `mkdir` with `recursive` never ends where a
 * folder is there and takes no other (/proc; seen in Node 20.20).
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** @throws what `mkdirSync` does */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const one of missing.toReversed()) makeOne(one);
}

/** Another process may have made it meanwhile. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
