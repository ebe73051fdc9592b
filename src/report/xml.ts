/**
 * Text of others inside XML 1.0. Besides what has a meaning there, XML forbids most control characters in any
 * notation, so that one of them from a server would make the whole report unreadable: they are shown as escapes.
 */
import { printable } from '../core/printable.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
};
/** Not in XML 1.0's Char (clause 2.2), and no control characters either. */
const NOT_A_CHARACTER = /[\ufffe\uffff]/g;
const MAX_CHARACTERS = 2000;

/** For text and for attributes alike; on one line, at most `limit` characters of it. */
export function xmlText(text: string, limit: number = MAX_CHARACTERS): string {
  return printable(text, limit)
    .replace(NOT_A_CHARACTER, '\ufffd')
    .replace(/[&<>"'\t]/g, (char) => ENTITIES[char] as string);
}

/** One tag's beginning: `<name a="1"`. Attributes without a value are left out. */
export function xmlOpen(name: string, attributes: Readonly<Record<string, string | number | null>>): string {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== null);
  return [`<${name}`, ...pairs.map(([key, value]) => `${key}="${xmlText(String(value))}"`)].join(' ');
}
