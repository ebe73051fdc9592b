/**
 * Events → bytes of a `text/event-stream` body. The one place that writes this format.
 *
 * Nothing that is given can become another field or another event: text that may have lines (data,
 * comments) is split at every line end of the standard, text that may not (event, id) is refused with one.
 * It is refused and not cleaned: an id that quietly changes breaks resuming, and a caller that sends a line end
 * in an event's name is either mistaken or forging. Line ends in data come out of a parser as LF, lone
 * surrogates as U+FFFD; that is all that does not survive.
 */
import { UsageError } from '../core/errors.ts';

/** What to send. All of it is optional, but something must be there. */
export interface SseMessage {
  /**
   * The event's type, which needs `data`: without, no client would see it. The empty one is `message`.
   * @defaultValue `'message'`
   */
  event?: string | undefined;
  /** The last event id from here on, also without `data`; the empty one resets it. Without it the id stays as it is. */
  id?: string | undefined;
  /** The reconnection time in whole milliseconds. Without it the time stays as it is. */
  retry?: number | undefined;
  /** The event's data, any text, lines too. Without it there is no event; empty there is one with empty data. */
  data?: string | undefined;
  /** A comment before the event, any text, lines too: clients ignore it, and proxies count it as life. */
  comment?: string | undefined;
}

// end-of-line = ( cr lf / cr / lf )
const LINE_END = /\r\n|\r|\n/;
// NUL: a client ignores an id that has one. It is no better in a type.
const NOT_IN_ONE_LINE = /[\r\n\0]/;

/**
 * One whole block, ended by its blank line.
 * @throws {UsageError} on CR, LF or NUL in `event` or `id`, on a `retry` that is no whole number from 0 to
 * 2^53 - 1, on an `event` without `data`, on nothing at all, and on values that are no strings
 */
export function encodeEvent(message: SseMessage): Buffer {
  return Buffer.from(eventText(message), 'utf8');
}

/** The same as a text. */
export function eventText(message: SseMessage): string {
  const { event, id, retry, data, comment } = message;
  let block = '';
  if (comment !== undefined) block += lines('comment', '', comment);
  if (retry !== undefined) block += `retry: ${checkedRetry(retry)}\n`;
  if (id !== undefined) block += line('id', oneLine('id', id));
  if (event !== undefined && event !== '') {
    if (data === undefined)
      throw new UsageError(`the event ${JSON.stringify(event)} has no data; a client would drop it`);
    block += line('event', oneLine('event', event));
  }
  if (data !== undefined) block += lines('data', 'data', data);
  if (block === '') throw new UsageError('an event needs at least one of data, id, retry and comment');
  return `${block}\n`;
}

/** `: text` for each line of the text: what clients ignore and proxies count as life. */
export function encodeComment(text: string): Buffer {
  return encodeEvent({ comment: text });
}

/** @throws {UsageError} when `ms` is no whole number from 0 to 2^53 - 1 */
export function encodeRetry(ms: number): Buffer {
  return encodeEvent({ retry: ms });
}

function lines(what: string, name: string, text: string): string {
  if (typeof text !== 'string') throw new UsageError(`${what} must be a string, not ${typeof text}`);
  let block = '';
  for (const part of text.split(LINE_END)) block += line(name, part);
  return block;
}

/** The space is there for the parser to remove: without it a value's own first space would go. */
function line(name: string, value: string): string {
  return value === '' ? `${name}:\n` : `${name}: ${value}\n`;
}

function oneLine(what: string, text: string): string {
  if (typeof text !== 'string') throw new UsageError(`${what} must be a string, not ${typeof text}`);
  if (!NOT_IN_ONE_LINE.test(text)) return text;
  throw new UsageError(`${what} contains a line end or NUL: ${JSON.stringify(text.slice(0, 60))}`, {
    hint: 'a line end in it would forge fields of the stream',
  });
}

function checkedRetry(ms: number): number {
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new UsageError(`retry must be a whole number of milliseconds from 0 to 2^53 - 1, not ${String(ms)}`);
}
