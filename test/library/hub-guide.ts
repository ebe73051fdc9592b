/**
 * What stands in docs/hub.md and the README: their blocks of code by their section, and the table of options that it
 * must have.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/program.ts';
import { docComments } from './doc-comments.ts';

export const GUIDE: string = join(root, 'docs', 'hub.md');

export interface Block {
  section: string;
  /** What follows the fence: `js`, `ts`, `js browser`, `nginx` … */
  kind: string;
  text: string;
}

export function blocksOf(file: string): Block[] {
  const blocks: Block[] = [];
  let section = '';
  let open: Block | null = null;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (open !== null) {
      if (line === '```') {
        blocks.push(open);
        open = null;
      } else open.text += `${line}\n`;
    } else if (line.startsWith('```')) open = { section, kind: line.slice(3), text: '' };
    else if (line.startsWith('## ')) section = line.slice(3);
  }
  return blocks;
}

export function optionTable(): string {
  const rows = docComments('src/hub/hub-options.ts', 'SseHubOptions').map(
    ({ name, text, default: value }) => `| \`${name}\` | ${value} | ${text.replaceAll('|', String.raw`\|`)} |`,
  );
  return ['| option | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
