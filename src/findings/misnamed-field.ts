/**
 * Lines that are in no field of the format (HTML standard, 9.2.6): which mistake it is. `probe` and `soak` say it of the
 * line that they show.
 */
import { printable } from '../core/printable.ts';

const SHOWN_NAME = 30;
const KNOWN = 'data|event|id|retry';
/** Every second byte of ASCII text is zero there, the first or the second of each pair. */
const UTF_16 = /(?:[\w :{"]\0){3}|(?:\0[\w :{"]){3}/;
const BEHIND_BOM = /^\ufeff/;
const BEHIND_SPACE = new RegExp(`^\\s+(?:${KNOWN})\\b`);
const BEFORE_SPACE = new RegExp(`^(?:${KNOWN})\\s`);
const OTHER_CASE = new RegExp(`^(?:${KNOWN})(?::|$)`, 'i');
const NAME = /^([a-z][\w.-]*)(?::|$)/i;

/** @param line the beginning of a line whose field is unknown; hostile text */
export function misnamedSays(line: string): string {
  if (UTF_16.test(line)) return 'the stream is UTF-16, but clients read UTF-8';
  if (BEHIND_BOM.test(line)) return 'a byte order mark is allowed before the first line only';
  if (BEHIND_SPACE.test(line)) return 'there is white space before the field name';
  if (BEFORE_SPACE.test(line)) return 'a field name must be followed by a colon';
  if (OTHER_CASE.test(line)) return 'field names must be lower case';
  const name = NAME.exec(line)?.[1];
  if (name === undefined) return 'it has no field name, and each data line of an event must begin with `data: `';
  return `\`${printable(name, SHOWN_NAME)}\` is not one of data, event, id and retry`;
}
