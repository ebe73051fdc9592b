import { closeSync, constants, openSync, readSync } from 'node:fs';
import { descriptorStat } from '../core/descriptor-stat.ts';
import { isUtf8 } from 'node:buffer';
import { UsageError } from '../core/errors.ts';

/**
 * A scenario file's text. Only regular files: a directory, a pipe or a device would hang or never end; `-` is stdin, of
 * whatever kind that is. Bounded, and strictly UTF-8: what an editor shows is what is read.
 */
const MAX_FILE_BYTES = 256 * 1024;

const HINT = {
  hint: 'Give the path of a YAML file, or - for stdin; examples are in the folder scenarios/ of sse-probe.',
};

const STDIN = 0;
/** How complaints call stdin. */
const STDIN_NAME = '<stdin>';
/** After so long a stdin that has nothing yet is asked again. */
const AGAIN_MS = 20;

export function isStdin(file: string): boolean {
  return file === '-';
}

/** The name of a scenario file in complaints. */
export function shownFile(file: string): string {
  return isStdin(file) ? STDIN_NAME : file;
}

/** @param stdin what stdin said, where it was read before. @throws {UsageError} `FILE: …` or `FILE:LINE:COLUMN: …` */
export function readScenarioText(given: string, stdin?: Uint8Array): string {
  const file = shownFile(given);
  const bytes = isStdin(given) ? Buffer.from(stdin ?? readStdin()) : readBounded(file);
  refuseOtherThanUtf8(file, bytes);
  const nul = bytes.indexOf(0);
  if (nul !== -1) throw new UsageError(`${file}:${placeIn(bytes, nul)}: contains a NUL byte; this is not a text file`);
  // The decoder drops a byte order mark at the start.
  return new TextDecoder().decode(bytes);
}

/** All of stdin, once. @throws {UsageError} for more than a scenario has */
export function readStdin(): Buffer {
  const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < bytes.length) {
    const read = readSome(bytes, length);
    if (read === 0) return bytes.subarray(0, length);
    length += read ?? 0;
  }
  throw new UsageError(`${STDIN_NAME}: has more than ${MAX_FILE_BYTES} bytes, the limit for a scenario`);
}

/** @returns null where there is nothing yet: somebody has made stdin non-blocking */
function readSome(bytes: Buffer, at: number): number | null {
  try {
    return readSync(STDIN, bytes, at, bytes.length - at, null);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What Windows says at the end of a pipe.
    if (code === 'EOF') return 0;
    if (code !== 'EAGAIN') throw new UsageError(`${STDIN_NAME}: cannot be read (${code})`, { ...HINT, cause: error });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
    return null;
  }
}

function readBounded(file: string): Buffer {
  const descriptor = open(file);
  try {
    const stat = descriptorStat(descriptor);
    if (!stat.isFile()) {
      const what = stat.isDirectory() ? 'a directory' : 'not a regular file';
      throw new UsageError(`${file}: is ${what}`, HINT);
    }
    const size = Number(stat.size);
    if (size > MAX_FILE_BYTES)
      throw new UsageError(`${file}: has ${size} bytes; the limit for a scenario is ${MAX_FILE_BYTES}`);
    // The file may shrink between the two calls; what was read counts.
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, size, 0));
  } finally {
    closeSync(descriptor);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'may not be read (permission denied)',
  ENXIO: 'is not a regular file',
  EISDIR: 'is a directory',
  ELOOP: 'is a symbolic link to itself',
  ENAMETOOLONG: 'the name is too long',
};

function open(file: string): number {
  if (file === '' || file.includes('\0')) throw new UsageError('the scenario file has no name', HINT);
  try {
    // Not blocking: opening a named pipe would otherwise wait for somebody to write.
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new UsageError(`${file}: ${reason}`, { ...HINT, cause: error });
  }
}

function refuseOtherThanUtf8(file: string, bytes: Buffer): void {
  if (isUtf8(bytes)) return;
  // No byte of a longer UTF-8 sequence is a line feed, so that each line can be judged for itself.
  let start = 0;
  for (let line = 1; start <= bytes.length; line++) {
    const lineFeed = bytes.indexOf(0x0a, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part)) {
      const column = part.toString('utf8').indexOf('\ufffd') + 1;
      throw new UsageError(`${file}:${line}:${column}: is not UTF-8 text`, { hint: 'Save the file as UTF-8.' });
    }
    start = end + 1;
  }
}

function placeIn(bytes: Buffer, offset: number): string {
  const before = bytes.subarray(0, offset).toString('utf8').split('\n');
  return `${before.length}:${(before.at(-1) as string).length + 1}`;
}
