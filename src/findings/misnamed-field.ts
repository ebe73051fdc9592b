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
  if (UTF_16.test(line)) return 'the stream is UTF-16, and clients read UTF-8';
  if (BEHIND_BOM.test(line)) return 'a byte order mark belongs before the first line only';
  if (BEHIND_SPACE.test(line)) return 'white space stands before the name of the field';
  if (BEFORE_SPACE.test(line)) return 'the name of a field ends with its colon';
  if (OTHER_CASE.test(line)) return 'names of fields are lower case';
  const name = NAME.exec(line)?.[1];
  if (name === undefined) return 'it stands in no field, and each line of an event needs `data: ` before it';
  return `\`${printable(name, SHOWN_NAME)}\` is none of data, event, id and retry`;
}
