/** Tables of a report. They scroll by themselves where they are wider than the page, and can be reached by the keyboard. */
import { type Markup, type MarkupPart, markup } from '../../html-text.ts';

export interface Table {
  /** What it is a table of, for those who do not see the heading above it. */
  label: string;
  head: readonly string[];
  /** The first cell of each row is its heading; the others are figures. */
  rows: readonly (readonly MarkupPart[])[];
  /** Cells that are texts and no figures, by their place in a row. */
  texts?: readonly number[];
}

export function table({ label, head, rows, texts = [] }: Table): Markup {
  const kind = (at: number): Markup => (at === 0 || texts.includes(at) ? markup`` : markup` class="figure"`);
  const isNamed = head.some((name) => name !== '');
  const heads = head.map((name, at) => markup`<th scope="col"${kind(at)}>${name}</th>`);
  const lines = rows.map(([first = null, ...cells]) => {
    const others = cells.map((cell, at) => markup`<td${kind(at + 1)}>${cell}</td>`);
    return markup`<tr><th scope="row">${first}</th>${others}</tr>\n`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
${
  isNamed
    ? markup`<thead><tr>${heads}</tr></thead>
`
    : null
}<tbody>
${lines}</tbody></table></div>`;
}
