/**
 * Reports go to their files whole or not at all: written beside, made safe on the disk, then renamed. The summary of a
 * GitHub step is shared with others, so a report is appended to it, and cut off again where not all of it fits. What is
 * no file (a device, a pipe, a descriptor that a shell has opened) is written as it is. Their folders are made before the
 * run. A place that cannot be written is said then; one that has no room for the report when the summary has been printed.
 */
import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { descriptorStat } from '../core/descriptor-stat.ts';
import { OutputError, UsageError } from '../core/errors.ts';
import { formatBytes } from '../core/units.ts';
import { SUMMARY_BYTES } from '../report/markdown.ts';
import { makeFolder } from './folders.ts';
import { writeWhole } from './output.ts';

const STDOUT = 1;
const STDERR = 2;
/** Names of a descriptor that is open already: opened once more, a file would be written from its beginning. */
const NAMED: Readonly<Record<string, number>> = { '-': STDOUT, '/dev/stdout': STDOUT, '/dev/stderr': STDERR };
const BY_NUMBER = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/;
const ANYBODY_MAY_READ = 0o666;
const PERMISSIONS = 0o777;

export function isStdout(file: string): boolean {
  return descriptorOf(file) === STDOUT;
}

/**
 * Makes the folder of a report where there is none.
 *
 * @param ownOnly only the three standard streams were handed to this process
 * @throws {UsageError} when a report could not be written there
 */
export async function checkWritable(file: string, ownOnly = false): Promise<void> {
  const descriptor = descriptorOf(file);
  if (descriptor !== null) return checkDescriptor(file, descriptor, ownOnly);
  const existing = await stat(file).catch(() => null);
  if (existing !== null && !existing.isFile()) return checkPlace(file, existing);
  const folder = dirname(file);
  try {
    makeFolder(folder);
    await access(`${folder}/`, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `--report: ${folder} cannot be created or written (${(error as NodeJS.ErrnoException).code})`,
      { hint: 'Give a file in another folder.' },
    );
  }
}

function checkDescriptor(file: string, descriptor: number, ownOnly: boolean): void {
  if (descriptor > STDERR && ownOnly)
    throw new UsageError(`--report: vanished clients run in a separate process, which cannot open ${file}`, {
      hint: 'Give a file, or - for stdout.',
    });
  let open: BigIntStats | null = null;
  try {
    open = descriptorStat(descriptor);
  } catch {
    // Nobody has opened it.
  }
  // A parent that is Node.js hands its pipes over as sockets.
  if (open === null || !(isWritten(open) || open.isSocket()))
    throw new UsageError(`--report: ${file} is not open`, { hint: 'Give a file.' });
}

async function checkPlace(file: string, existing: Stats): Promise<void> {
  if (!isWritten(existing))
    throw new UsageError(`--report: ${file} exists and is not a file`, { hint: 'Give a file.' });
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--report: ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      hint: 'Give a file.',
    });
  }
}

function isWritten(place: Pick<Stats, 'isFile' | 'isFIFO' | 'isCharacterDevice' | 'isBlockDevice'>): boolean {
  return place.isFile() || place.isFIFO() || place.isCharacterDevice() || place.isBlockDevice();
}

/**
 * Writes all that can be written.
 *
 * @param render what to write of a target. @throws {OutputError} when one of them could not be written whole
 */
export async function writeReports<Target extends { readonly file: string }>(
  targets: readonly Target[],
  render: (target: Target) => string | Promise<string>,
): Promise<void> {
  const lost: string[] = [];
  for (const target of targets) {
    try {
      await writeReport(target.file, await render(target));
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      lost.push(error.message);
    }
  }
  if (lost.length > 0) throw new OutputError(lost.join('; '));
}

/** @param file any but stdout, which has a queue of its own. @throws {OutputError} when it could not be written whole */
async function writeReport(file: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const descriptor = descriptorOf(file);
  try {
    if (descriptor !== null) await writeOpen(descriptor, bytes);
    else {
      const existing = await stat(file).catch(() => null);
      if (isStepSummary(file) && existing?.isFile() !== false) appendToSummary(file, bytes);
      else if (existing === null || existing.isFile()) replaceFile(file, bytes, existing);
      else await writeInto(file, bytes);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new OutputError(`cannot write the report ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Without a pause in which a signal could end the process and leave the file beside it. */
export function replaceFile(file: string, bytes: Uint8Array, existing: Stats | null): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const mode = existing === null ? ANYBODY_MAY_READ : existing.mode & PERMISSIONS;
    const descriptor = openSync(beside, 'wx', mode);
    try {
      writeWhole(descriptor, bytes);
      // Some file systems say only here that there was no room.
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    removeQuietly(beside);
    throw error;
  }
}

/** The file that GitHub shows on the page of the job, in which every run of the step may write. */
function isStepSummary(file: string): boolean {
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  return summary !== undefined && summary !== '' && resolve(file) === resolve(summary);
}

/** Two at once are both there: each is one write at the end of the file. @throws {OutputError} where GitHub would drop all */
function appendToSummary(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'a', ANYBODY_MAY_READ);
  try {
    const { size } = fstatSync(descriptor);
    if (size + bytes.length > SUMMARY_BYTES)
      throw new OutputError(
        `cannot write the report ${file}: with the ${formatBytes(size)} that others have written it would be over 1 MiB, and GitHub would show none of it`,
      );
    try {
      writeWhole(descriptor, bytes);
      fsyncSync(descriptor);
    } catch (error) {
      ftruncateSync(descriptor, size);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Nothing may hide the error before it. */
function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never made, or the disk is gone with it.
  }
}

/** A device or a pipe. A pipe that nobody has opened to read is an error, and no wait without an end. */
async function writeInto(file: string, bytes: Uint8Array): Promise<void> {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  if (isPipe(descriptor)) {
    await writePipe(descriptor, bytes);
    return;
  }
  try {
    writeWhole(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

async function writeOpen(descriptor: number, bytes: Uint8Array): Promise<void> {
  if (isPipe(descriptor)) await writePipe(descriptor, bytes);
  else writeWhole(descriptor, bytes);
}

/** A pipe takes as much as its reader does, and meanwhile this process hears signals. Closes it, but for stderr. */
async function writePipe(descriptor: number, bytes: Uint8Array): Promise<void> {
  const stream =
    descriptor === STDERR ? process.stderr : new Socket({ fd: descriptor, readable: false, writable: true });
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  if (stream !== process.stderr) stream.destroy();
}

function isPipe(descriptor: number): boolean {
  const place = descriptorStat(descriptor);
  return place.isFIFO() || place.isSocket();
}

function descriptorOf(file: string): number | null {
  const number = BY_NUMBER.exec(file)?.[1];
  return number === undefined ? (NAMED[file] ?? null) : Number(number);
}
