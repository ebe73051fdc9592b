/**
 * Reports go to their files whole or not at all: written beside, then renamed. A place that cannot be written
 * is said before the run, not after it.
 */
import { constants } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../core/errors.ts';

/** @throws {UsageError} when a report could not be written there */
export async function checkWritable(file: string): Promise<void> {
  if (file === '-') return;
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `--report: ${folder} is not a folder that can be written (${(error as NodeJS.ErrnoException).code})`,
      {
        hint: 'Make the folder first, or name another one.',
      },
    );
  }
  const existing = await stat(file).catch(() => null);
  if (existing !== null && !existing.isFile()) {
    throw new UsageError(`--report: ${file} exists and is not a file`, { hint: 'Name a file.' });
  }
}

export async function writeReport(file: string, text: string): Promise<void> {
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
