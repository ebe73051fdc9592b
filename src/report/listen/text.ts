/**
 * A stream as a person reads it: when, what, and the data, nothing of which can do anything to a terminal.
 *
 * One line an event where its data has one; further lines of data are indented under the first. Where there is a
 * terminal, lines end at its edge and say how much there is; in a pipe they are whole.
 */
import type { ListenRecord } from '../../client/listener.ts';
import { printable } from '../../core/printable.ts';
import { formatDuration } from '../../core/units.ts';
import { CAUSES, type Cause } from '../../core/causes.ts';
import { fitColumns, wrapWords } from '../columns.ts';
import { beginningOf, lengthOf, linesOf, type LongText, piecesOf } from '../pieces.ts';
import type { Paint } from '../paint.ts';
import { NO_NOTES, type RefusalNotes } from './refusal-notes.ts';

export interface ListenView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Whether to print events only. */
  quiet: boolean;
}

const TIME_WIDTH = 10;
const INDENT = ' '.repeat(TIME_WIDTH + 1);
/** Lines of one event's data that are shown; a stream of empty lines is no page. */
const MAX_LINES = 100;
const MAX_NAME = 60;
/** Least columns for a line's text; on a terminal with less room it wraps. */
const MIN_ROOM = 20;

/** A record as text with its line end, in pieces; no piece for a record that is not shown. @param notes beneath an error */
export function* listenText(
  record: ListenRecord,
  { paint, columns, quiet }: ListenView,
  { says, hint }: RefusalNotes = NO_NOTES,
): Generator<string> {
  if (quiet && record.kind !== 'event') return;
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - TIME_WIDTH - 1;
  yield `${paint.dim(`${(record.atMs / 1000).toFixed(3)}s`.padStart(TIME_WIDTH))} `;
  if (record.kind === 'event') yield* eventText(record, room, paint);
  else yield* statement(record, room, paint);
  yield '\n';
  for (const line of says) {
    yield INDENT;
    yield* fitted(line, room, plain);
    yield '\n';
  }
  if (hint !== '')
    for (const line of wrapWords(`→ ${hint}`, Math.max(room, MIN_ROOM), 2)) yield `${INDENT}${paint.dim(line)}\n`;
}

type RecordOf<Kind extends ListenRecord['kind']> = Extract<ListenRecord, { kind: Kind }>;

function* eventText({ type, id, data }: RecordOf<'event'>, room: number, paint: Paint): Generator<string> {
  const shownType = printable(type, MAX_NAME);
  const shownId = id === '' ? '' : ` #${printable(id, MAX_NAME)}`;
  yield `${paint.bold(shownType)}${paint.dim(shownId)} `;
  const lines = linesOf(data, MAX_LINES + 1);
  for (const [n, line] of lines.slice(0, MAX_LINES).entries()) {
    if (n > 0) yield `\n${INDENT}`;
    yield* fitted(line, n === 0 ? room - shownType.length - shownId.length - 1 : room, plain);
  }
  if (lines.length > MAX_LINES) yield `\n${INDENT}${paint.dim(`… more lines; ${lengthOf(data)} characters in all`)}`;
}

function* statement(record: Exclude<ListenRecord, { kind: 'event' }>, room: number, paint: Paint): Generator<string> {
  switch (record.kind) {
    case 'open':
      yield* fitted(`open, status ${record.status}, ${record.contentType}`, room, paint.good);
      break;
    case 'comment':
      yield* fitted(`: ${record.comment}`, room, paint.dim);
      break;
    case 'retry':
      yield paint.dim(`reconnection time ${formatDuration(record.retryMs)}`);
      break;
    case 'error': {
      const next = record.willRetryInMs === null ? '' : `; reconnecting in ${formatDuration(record.willRetryInMs)}`;
      yield* fitted(`${record.cause}: ${record.message}${next}`, room, paint.bad);
      break;
    }
    case 'closed':
      yield paint.doubt(`closed (${record.cause})`);
      if (isForGood(record.cause)) yield paint.dim(': an EventSource does not reconnect after this');
      break;
    default:
      record satisfies never;
  }
}

/** The stream failed, and not by a connection that can be tried again (HTML standard, 9.2.3). */
function isForGood(cause: Cause): boolean {
  return !CAUSES[cause].retries && cause !== 'server-stop' && cause !== 'closed-by-us';
}

/** Text cut to one line of so many columns, or the whole text. */
function* fitted(text: LongText, room: number, colour: (text: string) => string): Generator<string> {
  if (room === Number.POSITIVE_INFINITY) {
    for (const piece of piecesOf(text)) yield colour(printable(piece, room));
    return;
  }
  const columns = Math.max(room, MIN_ROOM);
  // Marks take no column, so a line may have more characters than columns; but not any number of them.
  const begin = printable(beginningOf(text, columns * 4 + 1), columns * 4);
  const characters = lengthOf(text);
  if (characters <= columns * 4 && fitColumns(begin, columns) === begin) yield colour(begin);
  else {
    const length = `… (${characters} characters)`;
    yield colour(`${fitColumns(begin, columns - length.length)}${length}`);
  }
}

function plain(text: string): string {
  return text;
}
