/**
 * What a parser and its caller say to each other: the event, the caller's side, and the one error.
 */
import { SseProbeError, UsageError } from '../core/errors.ts';

/** What the standard puts into a MessageEvent, without the DOM (HTML standard, 9.2.6, "dispatch the event"). */
export interface SseEvent {
  /** The type: `message` unless an `event` field said otherwise. */
  type: string;
  /** The data, its lines joined by LF. */
  data: string;
  /** The last event id as it stands, also when an earlier event set it. */
  lastEventId: string;
}

/**
 * What the standard has a client ignore or repair, although its author meant something by it: a field that is
 * none of the four, a `retry` that is not digits only, an `id` with NUL, bytes that are not UTF-8.
 */
export type Malformed = 'unknown-field' | 'bad-retry' | 'nul-in-id' | 'bad-utf8';

/** What came and stands unfinished: no blank line has ended its block, or nothing has ended its line. Hostile text. */
export interface UnfinishedBlock {
  /** The number of `data` lines that no blank line followed. */
  dataLines: number;
  /** The beginning of the first of them; empty where there is none. */
  data: string;
  /** The beginning of the line that has not ended; empty where there is none, or where its field is unknown. */
  line: string;
}

/** The caller's side. Kept by reference, its methods are called on it: a client can pass itself. */
export interface SseHandlers {
  /** Called with each event. */
  onEvent(event: SseEvent): void;
  /**
   * Called with each block that has a type or an id of its own and no `data`: it is no event, and only its id counts.
   * `type` is empty where the block has none.
   */
  onNoData?(type: string, lastEventId: string): void;
  /** Called with each comment, without its colon and one leading space, as soon as its line ends. */
  onComment?(text: string): void;
  /**
   * Called with the reconnection time in milliseconds as the server wrote it, up to 2^53 - 1: floor and ceiling are the
   * caller's.
   */
  onRetry?(ms: number): void;
  /**
   * Called with each line (in data: with the data of each event) that is not as the standard has it. `sample` is its
   * beginning, hostile text of 80 bytes at most. Must not call the parser, not even `reset()`.
   */
  onMalformed?(defect: Malformed, sample: string): void;
  /**
   * Called once when a limit is passed; all input is then ignored until `reset()`. Without it `push` throws the error.
   */
  onError?(error: SseLimitError): void;
  /**
   * Longest line that is kept, in bytes without its line end. A line that is no `data` (an id, a type, a comment) is
   * held to 1 MiB, or to this if that is less.
   * @defaultValue `16_777_216` (16 MiB); the standard sets no limit
   */
  maxLineBytes?: number | undefined;
  /**
   * Most bytes of `data` in one event, the line ends between its lines included.
   * @defaultValue `33_554_432` (32 MiB); the standard sets no limit
   */
  maxEventBytes?: number | undefined;
}

/** How many bytes of an unfinished line are shown: several events, where nothing parts them. */
export const UNFINISHED_BYTES = 1000;
/** How many bytes of a malformed line are shown. */
export const SAMPLE_BYTES = 80;

/** Most bytes of a line that is no data: a client keeps its last id for as long as it lives. */
export const MAX_FIELD_BYTES: number = 1024 ** 2;
export const DEFAULT_MAX_LINE_BYTES: number = 16 * 1024 ** 2;
export const DEFAULT_MAX_EVENT_BYTES: number = 32 * 1024 ** 2;

/** The stream asked for more memory than it was allowed: `code` is one of the causes in core/causes.ts. */
export class SseLimitError extends SseProbeError {
  readonly code: 'line-limit' | 'event-limit';

  constructor(code: 'line-limit' | 'event-limit', limitBytes: number) {
    const [what, option] =
      code === 'line-limit' ? ['a line', 'maxLineBytes'] : ['the data of an event', 'maxEventBytes'];
    super(`${what} is longer than ${limitBytes} bytes`, { hint: `raise ${option} if the server means it` });
    this.code = code;
  }
}

/** @throws {UsageError} when the limit is no positive whole number: without one there is no bound at all */
export function checkedLimit(option: 'maxLineBytes' | 'maxEventBytes', bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new UsageError(`${option} must be a positive whole number of bytes, not ${String(bytes)}`);
}
