/** A scenario goes into a new file, or in the place of one where that was asked for: whole or not at all. */
import { closeSync, lstatSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputError, UsageError } from '../../core/errors.ts';
import { makeFolder } from '../folders.ts';
import { writeWhole } from '../output.ts';
import { isStdout, replaceFile } from '../report-files.ts';

const EXISTS = { hint: 'Name another file, or add --force to replace it.' };

/** @throws {UsageError} before anything is asked, where something is there */
export function refuseExisting(file: string): void {
  // Also a symbolic link that leads nowhere: what is written would be found elsewhere.
  if (!isStdout(file) && lstatSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new UsageError(`${file} exists`, EXISTS);
}

/** @throws {UsageError} where nothing can be written · {OutputError} where not all of it could */
export function writeScenario(file: string, text: string, force: boolean): void {
  const bytes = Buffer.from(text);
  try {
    makeFolder(dirname(file));
    const existing = statSync(file, { throwIfNoEntry: false }) ?? null;
    if (existing !== null && !existing.isFile()) throw new UsageError(`${file} is not a regular file`);
    if (force) replaceFile(file, bytes, existing);
    else writeNew(file, bytes);
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    if (code === 'EEXIST') throw new UsageError(`${file} exists`, { ...EXISTS, cause: error });
    if (syscall === 'write') throw new OutputError(`cannot write ${file}: ${message}`, { cause: error });
    throw new UsageError(`${file} cannot be written (${code})`, {
      hint: 'Name a file in another folder.',
      cause: error,
    });
  }
}

function writeNew(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeWhole(descriptor, bytes);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
