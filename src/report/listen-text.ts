/**
 * A stream as a person reads it: when, what, and the data, nothing of which can do anything to a terminal.
 *
 * One line an event where its data has one; further lines of data are indented under the first. Where there is a
 * terminal, lines end at its edge and say how much there is; in a pipe they are whole.
 */
import type { ListenRecord } from '../client/listener.ts';
import { printable } from '../core/printable.ts';
import { formatDuration } from '../core/units.ts';
import { fitColumns } from './columns.ts';
import type { Paint } from './text.ts';

export interface ListenView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Nothing but events. */
  quiet: boolean;
}

const TIME_WIDTH = 10;
const INDENT = ' '.repeat(TIME_WIDTH + 1);
/** Lines of one event's data that are shown; a stream of empty lines is no page. */
const MAX_LINES = 100;
const MAX_NAME = 60;
/** Of a line, at the least: on a terminal that narrow it wraps. */
const MIN_ROOM = 20;

/** With a line end; empty for what is not shown. */
export function listenText(record: ListenRecord, { paint, columns, quiet }: ListenView): string {
  if (quiet && record.kind !== 'event') return '';
  const time = paint.dim(`${(record.atMs / 1000).toFixed(3)}s`.padStart(TIME_WIDTH));
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - TIME_WIDTH - 1;
  if (record.kind !== 'event') return `${time} ${statement(record, paint, room)}\n`;
  const type = printable(record.type, MAX_NAME);
  const id = record.id === '' ? '' : ` #${printable(record.id, MAX_NAME)}`;
  const lines = record.data.split('\n', MAX_LINES + 1);
  const shown = lines.slice(0, MAX_LINES).map((line, n) => cut(line, n === 0 ? room - type.length - id.length - 1 : room));
  if (lines.length > MAX_LINES) shown.push(paint.dim(`… more lines; ${record.data.length} characters in all`));
  return `${time} ${paint.bold(type)}${paint.dim(id)} ${shown.join(`\n${INDENT}`)}\n`;
}

function statement(record: Exclude<ListenRecord, { kind: 'event' }>, paint: Paint, room: number): string {
  switch (record.kind) {
    case 'open':
      return paint.good(cut(`open, status ${record.status}, ${record.contentType}`, room));
    case 'comment':
      return paint.dim(cut(`: ${record.comment}`, room));
    case 'retry':
      return paint.dim(`reconnection time ${formatDuration(record.retryMs)}`);
    case 'error': {
      const next = record.willRetryInMs === null ? '' : `; again in ${formatDuration(record.willRetryInMs)}`;
      return paint.bad(cut(`${record.cause}: ${record.message}${next}`, room));
    }
    case 'closed':
      return paint.doubt(`closed (${record.cause})`);
    default:
      return record satisfies never;
  }
}

/** In one line of so many columns. */
function cut(text: string, room: number): string {
  if (room === Number.POSITIVE_INFINITY) return printable(text, room);
  const columns = Math.max(room, MIN_ROOM);
  // Marks take no column, so a line may have more characters than columns; but not any number of them.
  const begin = printable(text, columns * 4);
  if (fitColumns(begin, columns) === begin) return begin;
  const length = `… (${text.length} characters)`;
  return `${fitColumns(begin, columns - length.length)}${length}`;
}
