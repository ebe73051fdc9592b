import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { UsageError } from '../core/errors.ts';
import { printable, quote } from '../core/printable.ts';
import type { Given } from './values/value-kind.ts';
import type { ScenarioEntry } from './resolve.ts';
import { type Environment, withVariables } from './variables.ts';
import { findUnsafeToken } from './yaml-tokens.ts';

/**
 * YAML text → the entries of a scenario, each with its place in the file.
 *
 * The failsafe schema leaves every scalar the text that stands in the file; the kinds read it as they read
 * a flag. A scenario is a flat map of scalars, lists and flat maps; anything else is refused. Values, and never keys, may
 * name variables of the environment (variables.ts).
 */

interface Source {
  file: string;
  text: string;
  lines: LineCounter;
  environment: Environment;
}

/** @throws {UsageError} `FILE:LINE:COLUMN: …` */
export function readEntries(file: string, text: string, environment: Environment): ScenarioEntry[] {
  const source: Source = { file, text, lines: new LineCounter(), environment };
  const unsafe = findUnsafeToken(text);
  if (unsafe !== null) {
    // The counter learns its lines from the parser, which must not see this text.
    const before = text.slice(0, unsafe.offset).split('\n');
    throw new UsageError(`${file}:${before.length}:${(before.at(-1) as string).length + 1}: ${unsafe.reason}`);
  }
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: source.lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [offset] = problem.pos;
    if (problem.code === 'MULTIPLE_DOCS')
      throw refusal(source, offset, 'a second document begins here; a scenario is one document');
    if (problem.code === 'TAB_AS_INDENT')
      throw refusal(source, offset, 'a tab begins this line; YAML is indented with spaces');
    throw refusal(source, offset, `is not YAML: ${printable(problem.message.replaceAll(/\s+/g, ' '))}`);
  }
  const contents = document.contents as Node | null;
  if (contents === null || (isScalar(contents) && contents.source === '')) return [];
  if (!isMap(contents)) throw refusal(source, offsetOf(contents), 'a scenario is a map of "key: value" lines');

  const seen = new Set<string>();
  return contents.items.map((pair) => {
    const key = scalarText(source, pair.key as Node | null, offsetOf(contents), 'a key is a plain word');
    const keyOffset = offsetOf(pair.key as Node);
    if (seen.has(key)) throw refusal(source, keyOffset, `the key ${quote(key)} is given twice`);
    seen.add(key);
    return entryOf(source, key, keyOffset, pair.value as Node | null);
  });
}

function entryOf(source: Source, key: string, keyOffset: number, value: Node | null): ScenarioEntry {
  const places = new Map<number | string, number>();
  const whole = value === null ? keyOffset : offsetOf(value);
  return {
    key,
    keyPlace: place(source, keyOffset),
    given: givenOf(source, value, { label: /^[\w-]+$/.test(key) ? key : quote(key), keyOffset, places }),
    quoted: isScalar(value) && value.type !== 'PLAIN',
    place: (at) => place(source, at === undefined ? whole : (places.get(at) ?? whole)),
  };
}

interface GivenKey {
  /** The key as a complaint names it. */
  label: string;
  keyOffset: number;
  /** Takes the offset of each item or entry of the value. */
  places: Map<number | string, number>;
}

function givenOf(source: Source, value: Node | null, { label, keyOffset, places }: GivenKey): Given {
  if (isSeq(value)) {
    return value.items.map((item, index) => {
      places.set(index, offsetOf(item as Node));
      if (isMap(item)) return mapOf(source, label, item, new Map());
      return valueText(
        source,
        item as Node,
        offsetOf(value),
        `${label}: each item must be one text; put it in quotes if it contains ": "`,
      );
    });
  }
  if (isMap(value)) return mapOf(source, label, value, places);
  return valueText(source, value, keyOffset, `${label}: takes one value`);
}

function mapOf(
  source: Source,
  label: string,
  map: YAMLMap,
  places: Map<number | string, number>,
): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const { key, value } of map.items) {
    const name = scalarText(source, key as Node | null, offsetOf(map), `${label}: a key is a plain word`);
    if (given.has(name)) throw refusal(source, offsetOf(key as Node), `${label}: ${quote(name)} is given twice`);
    given.set(
      name,
      valueText(source, value as Node | null, offsetOf(key as Node), `${label}: ${quote(name)} takes one value`),
    );
    places.set(name, offsetOf(value as Node));
  }
  return given;
}

function valueText(source: Source, node: Node | null, near: number, complaint: string): string {
  const text = scalarText(source, node, near, complaint);
  const filled = withVariables(text, source.environment);
  if (typeof filled === 'string') return filled;
  const start = offsetOf(node as Node);
  // Escapes and folded lines move what stands behind them: the reference is looked for as it stands in the file.
  const nth = text.slice(0, filled.at).split('${').length - 1;
  throw refusal(source, nthIndexOf(source.text, '${', start, nth), filled.message, filled.hint);
}

function nthIndexOf(text: string, part: string, from: number, nth: number): number {
  let at = text.indexOf(part, from);
  for (let seen = 0; seen < nth && at !== -1; seen++) at = text.indexOf(part, at + part.length);
  return at === -1 ? from : at;
}

function scalarText(source: Source, node: Node | null, near: number, complaint: string): string {
  if (!isScalar(node)) throw refusal(source, node === null ? near : offsetOf(node), complaint);
  const { type, value } = node as Scalar<unknown>;
  const text = typeof value === 'string' ? value : '';
  if (type === 'PLAIN' && (text === '' || text === '~' || /^null$/i.test(text))) {
    throw refusal(source, text === '' ? near : offsetOf(node), 'there is no value; leave the line out for the default');
  }
  return text;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function place(source: Source, offset: number): string {
  const { line, col } = source.lines.linePos(offset);
  return `${source.file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

function refusal(source: Source, offset: number, message: string, hint?: string): UsageError {
  return new UsageError(`${place(source, offset)}: ${message}`, hint === undefined ? {} : { hint });
}
