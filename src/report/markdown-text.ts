/**
 * Text of others inside Markdown as GitHub and GitLab show it, for a table cell or a paragraph. A numeric character
 * reference is always a character and never structure (CommonMark 0.31, 2.5), so everything that could mean something
 * becomes one: no link, image, HTML, formula, table cell or code span is made by a server.
 */
import { printable } from '../core/printable.ts';

/** Structure, and what makes a bare address a link of itself (GitHub Flavored Markdown, 6.9). */
const MEANT = /[&<>\\`*_[\]|~$!{}@#]|:(?=\/\/)|(?<=www)\./gi;
/** GitHub looks for mentions and numbers of issues in the finished text: a space of no width keeps them apart. */
const SEPARATED = new Set(['@', '#']);

/** On one line, at most `limit` characters of it. */
export function markdownText(text: string, limit: number = 400): string {
  return printable(text, limit).replaceAll('\t', ' ').replace(MEANT, reference);
}

function reference(char: string): string {
  return `&#${char.charCodeAt(0)};${SEPARATED.has(char) ? '&#8203;' : ''}`;
}
