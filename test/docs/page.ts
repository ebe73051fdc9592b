/**
 * A page of the documentation, as the tests read it: its blocks in order, each with the marks above it.
 *
 * A block of shell (```sh) is run; the block without a language behind it, in the same section, is its output. What is
 * said to the tests stands in comments directly above a block, where a reader of the rendered page does not see it:
 *
 * - `<!-- not run: REASON -->` for what a test cannot do, such as to install packages.
 * - `<!-- long: REASON -->` for what takes half a minute: `npm run test:long` runs it.
 * - `<!-- given: COMMAND -->` runs before the block, such as the server that the reader is supposed to have.
 * - `<!-- run as: COMMAND -->` runs in place of the block.
 * - `<!-- Ctrl-C after 3s -->` ends a command that has no end of its own.
 * - `<!-- exit 2 -->` is the exit code of the block, where it is not 0.
 * - `<!-- file: NAME -->` above a block of another language: it is written to that file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/program.ts';

export interface Block {
  /** What follows the fence, such as `sh`; empty for output. */
  language: string;
  text: string;
  /** Number of the line with the fence, from 1. */
  line: number;
  section: string;
  marks: ReadonlyMap<MarkName, string>;
}

export interface Command extends Block {
  output: Block | null;
}

const MARKS = {
  'not run': /^not run: (.+)$/,
  long: /^long: (.+)$/,
  given: /^given: (.+)$/,
  'run as': /^run as: (.+)$/,
  'Ctrl-C': /^Ctrl-C after (\d+)s$/,
  exit: /^exit (\d+)$/,
  file: /^file: (\S+)$/,
} as const;
export type MarkName = keyof typeof MARKS;

/** README.md and all of docs/, by their paths from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => `docs/${name}`),
];

/** @throws for a mark that is none: a slip there would leave a block untested */
export function blocksOf(page: string, text: string = readFileSync(join(root, page), 'utf8')): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let section = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^#+ /.test(line)) section = line.replace(/^#+ /, '');
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', index + 1);
    if (end === -1) throw new Error(`${page}:${index + 1}: the block has no end`);
    blocks.push({
      language: line.slice(3),
      text: lines.slice(index + 1, end).join('\n'),
      line: index + 1,
      section,
      marks: marksAbove(page, lines, index),
    });
    index = end;
  }
  return blocks;
}

function marksAbove(page: string, lines: readonly string[], fence: number): Map<MarkName, string> {
  const marks = new Map<MarkName, string>();
  for (let above = fence - 1; above >= 0; above--) {
    const comment = /^<!-- (.+) -->$/.exec(lines[above] ?? '')?.[1];
    // Marks of generated tables are not about blocks.
    if (comment === undefined || comment.startsWith('/')) return marks;
    const mark = Object.entries(MARKS).find(([, pattern]) => pattern.test(comment));
    if (mark === undefined)
      throw new Error(`${page}:${above + 1}: "${comment}" says nothing to the tests of the pages`);
    const [name, pattern] = mark;
    marks.set(name as MarkName, pattern.exec(comment)?.[1] ?? '');
  }
  return marks;
}

/** @throws for an output that no command of its section has printed */
export function commandsOf(page: string, blocks: readonly Block[] = blocksOf(page)): Command[] {
  const commands: Command[] = [];
  for (const block of blocks) {
    const last = commands.at(-1);
    if (block.language === 'sh') commands.push({ ...block, output: null });
    else if (block.language === '' && !block.marks.has('not run')) {
      if (last === undefined || last.section !== block.section || last.output !== null)
        throw new Error(`${page}:${block.line}: the output stands behind no command of its section`);
      last.output = block;
    }
  }
  return commands;
}

export interface PageFile {
  name: string;
  text: string;
}

export function filesOf(blocks: readonly Block[]): PageFile[] {
  return blocks.flatMap(({ marks, text }) => {
    const name = marks.get('file');
    return name === undefined ? [] : [{ name, text: `${text}\n` }];
  });
}
