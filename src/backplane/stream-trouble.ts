/** What goes wrong with the stream, in words for people, and whether a command can have been carried out all the same. */

const FOREIGN = /FOREIGN (\S+)/;
const NOT_WRITABLE = "Stream isn't writeable";
const CLOSED = /^Connection is closed|^Reached the max retries/;
const TIMED_OUT = 'Command timed out';

export class StreamTrouble extends Error {
  /** @param cause the error of Redis or of its client */
  constructor(stream: string, cause: unknown) {
    super(wordsFor(stream, cause), { cause });
  }
}

function wordsFor(stream: string, cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const [, foreignId] = FOREIGN.exec(cause.message) ?? [];
  if (foreignId !== undefined)
    return `another program wrote entry ${foreignId} to the stream ${stream}; delete that key or use another one`;
  if (cause.message.startsWith(NOT_WRITABLE)) return 'not connected';
  if (isTimeout(cause)) return 'no response';
  if (CLOSED.test(cause.message)) return 'the connection was closed';
  return cause.message;
}

/** Nothing came in time: the connection may be half-open. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === TIMED_OUT;
}

/** Redis rejected the command, or it never left. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ReplyError' || error.message.startsWith(NOT_WRITABLE));
}
