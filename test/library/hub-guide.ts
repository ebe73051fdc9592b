/** What stands in docs/hub.md and the README: their blocks of code by their section, and the table of options that it must have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HUB_DEFAULTS } from '../../src/hub/hub-options.ts';
import { root } from '../support/program.ts';

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

export interface OptionComment {
  name: string;
  meaning: string;
  /** As the comment says it. */
  default: string;
}

/** The comments of the options, as an editor shows them. */
export function optionComments(): OptionComment[] {
  const source = readFileSync(join(root, 'src', 'hub', 'hub-options.ts'), 'utf8');
  const body = (/export interface HubOptions \{\n([^]*?)\n\}/.exec(source)?.[1] ?? '')
    .replaceAll('/**\n   * ', '/** ')
    .replaceAll('\n   */', ' */')
    .replaceAll('\n   * ', ' ');
  return [...body.matchAll(/\/\*\* ([^]*?) Default ([^]*?)\. \*\/\n {2}(\w+):/g)].map(
    ([, meaning = '', value = '', name = '']) => ({ name, meaning, default: value }),
  );
}

/** What the comment calls the default, as the value that it means; the text itself where it is no value. */
export function meantDefault(text: string): unknown {
  if (text === '`null`') return null;
  if (text.startsWith('`')) return text.slice(1, -1);
  const digits = text.replace(/ \(.*\)$/, '').replaceAll(',', '');
  return /^\d+$/.test(digits) ? Number(digits) : text;
}

export function optionTable(): string {
  const rows = optionComments().map(
    ({ name, meaning, default: value }) => `| \`${name}\` | ${value} | ${meaning.replaceAll('|', String.raw`\|`)} |`,
  );
  return ['| option | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

export const OPTION_NAMES: readonly string[] = Object.keys(HUB_DEFAULTS);
