/**
 * A stream as a person reads it: when, what, and the data, nothing of which can do anything to a terminal.
 *
 * One line an event where its data has one; further lines of data are indented under the first. Where there is a
 * terminal, lines end at its edge and say how much there is; in a pipe they are whole.
 */
import type { ListenRecord } from '../client/listener.ts';
import { printable } from '../core/printable.ts';
import { formatDuration } from '../core/units.ts';
import type { Paint } from './text.ts';

export interface ListenView {
  paint: Paint;
  /** Columns of the terminal; null where there is none. */
  columns: number | null;
  /** Nothing but events. */
  quiet: boolean;
}

const TIME_WIDTH = 10;
/** Lines of one event's data that are shown; a stream of empty lines is no page. */
const MAX_LINES = 100;
const MAX_NAME = 60;

/** With a line end; empty for what is not shown. */
export function listenText(record: ListenRecord, { paint, columns, quiet }: ListenView): string {
  if (quiet && record.kind !== 'event') return '';
  const time = paint.dim(`${(record.atMs / 1000).toFixed(3)}s`.padStart(TIME_WIDTH));
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(columns - TIME_WIDTH - 1, 20);
  if (record.kind !== 'event') return `${time} ${statement(record, paint, room)}\n`;
  const type = printable(record.type, MAX_NAME);
  const id = record.id === '' ? '' : ` #${printable(record.id, MAX_NAME)}`;
  const lines = record.data.split('\n');
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`… ${lines.length - shown.length} lines more`);
  const [first = '', ...others] = shown;
  const head = `${time} ${paint.bold(type)}${paint.dim(id)} ${cut(first, room - type.length - id.length - 1)}`;
  const indent = ' '.repeat(TIME_WIDTH + 1);
  return [head, ...others.map((line) => `${indent}${cut(line, room)}`), ''].join('\n');
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

/** In one line of so many characters at most. */
function cut(text: string, room: number): string {
  const whole = printable(text, Number.POSITIVE_INFINITY);
  if (whole.length <= room) return whole;
  const length = ` (${text.length} characters)`;
  return `${printable(text, Math.max(room - length.length, 10))}${length}`;
}
