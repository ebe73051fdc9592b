/**
 * Text of others inside HTML. Pages are written with the tag `markup`, which escapes every value that is not markup
 * already: what is forgotten is escaped, and never obeyed. The notation is that of text and of attributes in double
 * quotes; a value has no place in the name of a tag or an attribute, in a style, a script or a URL that a browser follows.
 * Data for a script goes into `<script type="application/json">` by `htmlJson`.
 */
import { printable } from '../core/printable.ts';
import { jsonText } from './json-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};
/** Noncharacters (HTML, 13.2.3.5): a parse error, and nothing that anybody sees. */
const NOT_A_CHARACTER = /[\ufdd0-\ufdef\ufffe\uffff]/g;
const MAX_CHARACTERS = 2000;

/** HTML that needs no escaping any more. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** What a page is put together from; null is nothing. */
export type MarkupPart = Markup | string | number | null | readonly MarkupPart[];

/** HTML in which texts are escaped (`htmlText`), and markup stays as it is. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(pieces.map((piece, at) => (at === 0 ? piece : htmlOf(parts[at - 1] ?? null) + piece)).join(''));
}

function htmlOf(part: MarkupPart): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.html;
  return Array.isArray(part) ? part.map(htmlOf).join('') : htmlText(String(part));
}

/** For text and for attributes in quotes alike; on one line, at most `limit` characters of it. */
export function htmlText(text: string, limit: number = MAX_CHARACTERS): string {
  return printable(text, limit)
    .replace(NOT_A_CHARACTER, '\ufffd')
    .replace(/[&<>"'`]/g, (char) => ENTITIES[char] as string);
}

/** Text of several lines, such as a file, for `<pre>`; of each line at most `limit` characters. */
export function htmlLines(text: string, limit: number = MAX_CHARACTERS): Markup {
  const lines = text.split('\n').map((line) => htmlText(line, limit));
  return new Markup(lines.join('\n'));
}

/**
 * JSON as the content of `<script type="application/json">`, which ends at the first `</script` and is confused by
 * `<!--` (HTML, 4.12.1.3): without `<`, `>` and `&`, and without line separators, so that it is a script as well.
 */
export function htmlJson(value: unknown): Markup {
  return new Markup(jsonText(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
}
