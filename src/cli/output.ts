/**
 * Standard output: what a command has to say arrives whole, or the command says that it did not and ends with 74.
 *
 * Where stdout is a file or a device, Node's own stream takes a short write (a disk with room for half of it) for a
 * whole one, so there the writing is ours. Pipes and terminals are left to Node, which writes them whole.
 *
 * A reader of text that goes away (`… | head`) has what it wanted. A report for a program is owed to the last byte.
 */
import { writeSync } from 'node:fs';
import { descriptorStat } from '../core/descriptor-stat.ts';
import { Writable } from 'node:stream';
import { EXIT } from '../core/errors.ts';
import { withoutCommands } from '../report/workflow-commands.ts';

const STDOUT = 1;

class StandardOutput {
  /** For what paces itself by its reader, and hears of errors itself. */
  readonly stream: Writable;
  /** Nothing that is written from now on arrives. */
  isGone = false;
  private isOwed = false;

  constructor() {
    this.stream = isWrittenByUs() ? new WholeWrites() : process.stdout;
    this.stream.on('error', (error: NodeJS.ErrnoException) => this.onError(error));
    // Progress and notes are no result. Whoever closes stderr does not want them.
    process.stderr.on('error', () => {});
  }

  /** Text for people. */
  print(text: string): void {
    this.stream.write(forLog(text));
  }

  /** A report for a program. */
  report(text: string): void {
    this.isOwed = true;
    this.stream.write(text);
  }

  private onError(error: NodeJS.ErrnoException): void {
    const isFirst = !this.isGone;
    this.isGone = true;
    if (error.code === 'EPIPE' && !this.isOwed) return;
    process.exitCode = EXIT.everyCommand.outputLost;
    if (isFirst) process.stderr.write(`sse-probe: cannot write to stdout: ${error.message}\n`);
  }
}

/** Files, and devices but terminals. */
function isWrittenByUs(): boolean {
  const stdout = descriptorStat(STDOUT);
  return stdout.isFile() || (stdout.isCharacterDevice() && process.stdout.isTTY !== true);
}

class WholeWrites extends Writable {
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      writeWhole(STDOUT, chunk);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}

/** Short writes are gone on with. @throws the system's error, such as ENOSPC */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

/** Whether what is printed goes into the log of a step, whose lines GitHub obeys: a server could write one of them. */
export const isObeyed = process.env['GITHUB_ACTIONS'] === 'true';

/** Lines for people; where GitHub obeys lines, without what it would obey. */
export function forLog(text: string): string {
  return isObeyed ? [...withoutCommands([text])].join('') : text;
}

export const output = new StandardOutput();
