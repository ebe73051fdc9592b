/**
 * The comments of interfaces as an editor shows them, read from the source. It relies on the formatter: one member a
 * line, nested members indented, and each comment right above its member.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../support/program.ts';

export interface DocComment {
  /** The member's name; of a nested one with the names around it, such as `clients.peak`. */
  name: string;
  /** What stands before the first tag, as one line; empty without a comment. */
  text: string;
  /** What `@defaultValue` says; null without the tag. */
  default: string | null;
}

const MEMBER = /^( +)(?:readonly )?(?:'([^']+)'|(\w+))\??(?::|\()/;

export function sourceOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The lines between the braces of an interface; null where the file declares none of that name. */
function bodyOf(source: string, name: string): string | null {
  return new RegExp(String.raw`^export interface ${name}\b[^{]*\{\n([^]*?)^\}`, 'm').exec(source)?.[1] ?? null;
}

/** @throws {Error} when the file declares no such interface */
export function docComments(file: string, name: string): DocComment[] {
  const body = bodyOf(sourceOf(file), name);
  if (body === null) throw new Error(`${file} declares no interface ${name}`);
  const members: DocComment[] = [];
  const around: string[] = [];
  let comment: string[] | null = null;
  for (const line of body.split('\n')) {
    if (line.trimStart().startsWith('/**')) comment = [];
    const member = MEMBER.exec(line);
    if (comment !== null && /^\s*(?:\/\*\*|\*)/.test(line)) {
      comment.push(line.replace(/^\s*(?:\/\*\*|\*(?!\/))?\s?/, '').replace(/\s*\*\/$/, ''));
    } else if (member !== null) {
      const [, indent = '', quoted, bare = ''] = member;
      around.splice(indent.length / 2 - 1);
      around.push(quoted ?? bare);
      members.push({ name: around.join('.'), ...partsOf(comment ?? []) });
      comment = null;
    }
  }
  return members;
}

function partsOf(lines: readonly string[]): Omit<DocComment, 'name'> {
  const [text = '', ...tags] = lines.join('\n').split(/^@/m);
  const tag = tags.find((one) => one.startsWith('defaultValue '));
  return { text: oneLine(text), default: tag === undefined ? null : oneLine(tag.slice('defaultValue '.length)) };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What a default in backticks means as a value; what is said in words stays as it is. */
export function meantDefault(said: string): unknown {
  const literal = /^`([^`]+)`/.exec(said)?.[1];
  if (literal === undefined) return said;
  return /^'.*'$/.test(literal) ? literal.slice(1, -1) : (JSON.parse(literal.replaceAll('_', '')) as unknown);
}

export interface PublicInterface {
  file: string;
  name: string;
}

/** Every interface that a file exports by name from others, and every one that these are made of. */
export function publicInterfaces(entry: string): PublicInterface[] {
  const found = new Map<string, PublicInterface>();
  const open = [...namesFrom(sourceOf(entry), 'export')].map(([name, from]) => ({ name, file: beside(entry, from) }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, file } = next;
    const source = sourceOf(file);
    const imported = namesFrom(source, 'import');
    const from = imported.get(name);
    if (from !== undefined) {
      open.push({ name, file: beside(file, from) });
      continue;
    }
    const body = bodyOf(source, name);
    if (body === null || found.has(name)) continue;
    found.set(name, { name, file });
    const heads = new RegExp(String.raw`^export interface ${name}\b([^{]*)`, 'm').exec(source)?.[1] ?? '';
    const code = `${heads}${body.replaceAll(/\/\*\*[^]*?\*\//g, '')}`;
    for (const [word] of code.matchAll(/\b[A-Z]\w*/g)) open.push({ name: word, file });
  }
  return [...found.values()].toSorted((one, other) => one.name.localeCompare(other.name));
}

/** What is imported or exported by name, with the module that it comes from. Packages are left out. */
function namesFrom(source: string, keyword: 'import' | 'export'): Map<string, string> {
  const statements = source.matchAll(new RegExp(String.raw`^${keyword} (?:type )?\{([^}]*)\} from '(\.[^']+)'`, 'gm'));
  return new Map(
    [...statements].flatMap(([, names = '', from = '']) =>
      [...names.matchAll(/(?:type )?(\w+)/g)].map(([, name = '']): [string, string] => [name, from]),
    ),
  );
}

function beside(file: string, from: string): string {
  return relative(root, join(root, dirname(file), from));
}
