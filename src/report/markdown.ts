/**
 * The blocks of Markdown that reports are made of, as GitHub and GitLab show them, and the bound of the whole: GitHub
 * refuses a comment that is too long and drops a step summary that is, so a report ends earlier instead and says so.
 * Text inside is the caller's to escape (`markdown-text.ts`).
 */

/** GitHub takes 65,536 characters in a comment. */
export const COMMENT_BYTES = 65_000;
/** GitHub takes 1 MiB in the summary of a step, whatever its parts. */
export const SUMMARY_BYTES = 1024 ** 2;

const SEPARATOR = '\n\n';

/** Empty without rows. Cells have no bar and no line end of their own. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Shown when its summary is clicked; empty without a body. */
export function folded(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Text as it is, in a fence that is longer than any within (CommonMark 0.31, 4.5). */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** All sections that are not empty, in their order, as far as they fit; the last line says how many do not. */
export function withinBytes(sections: readonly string[], maxBytes: number): string {
  const given = sections.filter((section) => section !== '');
  let fits = given.length;
  while (fits > 0 && Buffer.byteLength(joined(given, fits)) > maxBytes) fits -= 1;
  return joined(given, fits);
}

function joined(sections: readonly string[], fits: number): string {
  const left = sections.length - fits;
  const note =
    left === 0 ? [] : [`*${left} more ${left === 1 ? 'section' : 'sections'} left out: the report is too long.*`];
  return `${[...sections.slice(0, fits), ...note].join(SEPARATOR)}\n`;
}
