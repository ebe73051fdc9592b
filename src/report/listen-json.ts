/** What `--jsonl` prints of one record. */
import type { ListenRecord } from '../client/listener.ts';

/**
 * JSON may hold these as they are (RFC 8259, 7), but some readers of lines end one there (Python's `splitlines`), and
 * a terminal obeys them: C1 controls, the line ends of Unicode, what turns a line around.
 */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** One line, its end included. */
export function listenJson(record: ListenRecord): string {
  return `${JSON.stringify(record).replace(LEFT_BY_JSON, escape)}\n`;
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
