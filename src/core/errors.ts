/**
 * Exit codes and error classes: the one place that names both.
 *
 * An error that a person caused, or that the world caused, is one of the classes below: it carries a
 * stable `code`, a sentence that says what was wrong and where, and a `hint` that says what to do. The CLI
 * prints those two lines and maps the class to the exit code of the running command. Any other error is a
 * bug of ours: it is not caught, and crashes with its stack.
 */

export const EXIT = {
  soak: { pass: 0, fail: 1, usage: 2, inconclusive: 3, unreachable: 4, interrupted: 130 },
  probe: { ok: 0, warning: 1, critical: 2, unknown: 3, interrupted: 130 },
  serve: { stopped: 0, couldNotStart: 1, usage: 2 },
  worker: { stopped: 0, couldNotStart: 1, usage: 2 },
  compare: { pass: 0, fail: 1, usage: 2, inconclusive: 3, interrupted: 130 },
  listen: { ended: 0, failed: 1, usage: 2, interrupted: 130 },
  init: { written: 0, usage: 2, interrupted: 130 },
  /**
   * The codes of sysexits.h. EX_IOERR: the result is there, and could not be written whole. EX_SOFTWARE: a bug of ours, never the
   * code of a verdict; `probe` ends with `unknown` instead, since monitors know no other code.
   */
  everyCommand: { outputLost: 74, bug: 70 },
} as const;

/** What an error says beside its message. */
export interface ErrorDetails {
  /** What the reader can do about it, as one sentence. */
  hint?: string;
  /** The error that caused this one. */
  cause?: unknown;
}

/** Base of every expected error. `code` is stable; `message` and `hint` are for people. */
export abstract class SseProbeError extends Error {
  abstract readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
  }
}

/** The command line, the scenario file or an API call asked for something that makes no sense. */
export class UsageError extends SseProbeError {
  readonly code = 'usage';
}

/** A process or listener of ours could not start: port in use, no such binary, died on start. */
export class StartError extends SseProbeError {
  readonly code = 'could-not-start';
}

/** The target could not be reached before the run began. */
export class UnreachableError extends SseProbeError {
  readonly code = 'unreachable';
}

/** What the system says where no further file or socket may be open: of this process (EMFILE), of the machine (ENFILE). */
const NO_DESCRIPTOR = new Set<unknown>(['EMFILE', 'ENFILE']);

/** The expected error for one that the system gave for want of a descriptor, whatever was to be opened; else null. */
export function descriptorsRanOut(error: unknown): GeneratorLimitError | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (!NO_DESCRIPTOR.has(code)) return null;
  return new GeneratorLimitError(`no further file or connection may be open here (${String(code)})`, {
    hint: 'Raise the limit first, such as with `ulimit -n 1024`.',
    cause: error,
  });
}

/** This machine cannot generate the load that was asked for: descriptors, ports, memory. */
export class GeneratorLimitError extends SseProbeError {
  readonly code = 'generator-limit';
}

/** An event was not published: the log that several instances share cannot be reached, or did not confirm it. */
export class BackplaneError extends SseProbeError {
  readonly code = 'backplane-lost';
  /** Whether the event may be published all the same: it was sent, and nothing came back. */
  readonly isUnsure: boolean;

  constructor(message: string, { isUnsure, ...details }: ErrorDetails & { isUnsure: boolean }) {
    super(message, details);
    this.isUnsure = isUnsure;
  }
}

/** What another process of a run sent cannot be read: it is not a message, too large, or not sealed with our key. */
export class MessageError extends SseProbeError {
  readonly code = 'unreadable-message';
}

/** A report could not be written whole: a disk is full, a pipe was closed. */
export class OutputError extends SseProbeError {
  readonly code = 'output-lost';
}
