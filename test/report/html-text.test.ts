import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../src/core/printable.ts';
import { htmlJson, htmlLines, htmlText, type Markup, markup } from '../../src/report/html-text.ts';
import { anyText, HOSTILE_TEXTS, runs } from '../support/hostile-result.ts';

/** What a browser makes of text and attributes: the notations that are written here, and no others. */
function read(written: string): string {
  const chars: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
  return written.replace(/&([^;]*);/g, (_all, name: string) => chars[name] ?? `unknown: ${name}`);
}

function item(name: string): Markup {
  return markup`<li title="${name}">${name}</li>`;
}

it('text in HTML has nothing that begins or ends markup, and is what it was when it is read', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const written = htmlText(text);
      expect(written).not.toMatch(/[<>"'`\0\r\n\ufffe\uffff]/);
      expect(read(written)).toBe(printable(text, 2000).replace(/[\ufdd0-\ufdef\ufffe\uffff]/g, '\ufffd'));
    }),
    runs,
  );
});

it('text in HTML that is longer than its limit is cut with an ellipsis, and not within an entity', () => {
  expect(htmlText('<<<<<', 3)).toBe('&lt;&lt;…');
  expect(htmlText('<'.repeat(3000))).toHaveLength(1999 * 4 + 1);
});

it('text of several lines keeps its line ends in HTML, and each line is escaped', () => {
  expect(htmlLines('a: <b>\nc: "d"\u0007\n', 10).html).toBe('a: &lt;b&gt;\nc: &quot;d&quot;\\u0007\n');
});

it('a page escapes every value that is not markup already, and shows nothing for null', () => {
  expect(markup`<ul>${['<a>', '"b"'].map(item)}</ul>${null}${1.5}`.html).toBe(
    '<ul><li title="&lt;a&gt;">&lt;a&gt;</li><li title="&quot;b&quot;">&quot;b&quot;</li></ul>1.5',
  );
});

it('a page that is given an object which claims to be markup escapes it', () => {
  const forged = { html: '<script>', toString: (): string => '<script>' } as unknown as string;
  expect(markup`${forged}`.html).toBe('&lt;script&gt;');
});

it('JSON in a script element cannot end it, and is what it was when it is read', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { html } = htmlJson({ [text]: text });
      expect(html).not.toMatch(/[<>&\0\r\n\u2028\u2029]/);
      expect(JSON.parse(html)).toEqual({ [text]: text });
    }),
    runs,
  );
  expect(htmlJson(HOSTILE_TEXTS).html).not.toMatch(/<|-->/);
});
