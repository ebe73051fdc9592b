import { CST, Lexer } from 'yaml';

/**
 * What makes YAML dangerous or surprising, found in the tokens before the parser runs: aliases, anchors,
 * tags, nesting without end. The lexer's work is linear and flat; the parser and composer after it recurse
 * (100,000 times "- " takes the whole process down, seen with yaml 2.9 on Node 20).
 */

export interface UnsafeToken {
  offset: number;
  reason: string;
}

/** A scenario needs two levels. Nesting by indentation is bounded by the size of the file. */
const MAX_DEPTH = 8;
/** The parser collects an error for each: 131,072 times "[]" cost 2.4 s and 400 MB. Real files have hundreds. */
const MAX_TOKENS = 50_000;

const REFUSED: ReadonlyMap<string | null, string> = new Map([
  ['alias', 'aliases ("*name") are not supported; write the value out'],
  ['anchor', 'anchors ("&name") are not supported; write the value out'],
  ['tag', 'tags ("!name") are not supported'],
]);

/** @returns the first such token, or null. */
export function findUnsafeToken(text: string): UnsafeToken | null {
  let offset = 0;
  let flowDepth = 0;
  let depthInLine = 0;
  let textFollows = false;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    // A plain or block scalar may look like any other token: a marker of the lexer announces it.
    const type: string | null = textFollows ? null : CST.tokenType(token);
    textFollows = type === 'scalar';
    // Markers stand for nothing in the text.
    if (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'flow-seq-start' || type === 'flow-map-start') flowDepth++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') flowDepth--;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') depthInLine++;
    else if (type === 'newline') depthInLine = 0;
    if (flowDepth > MAX_DEPTH || depthInLine > MAX_DEPTH) return { offset, reason: 'is nested too deeply' };
    if (++tokens > MAX_TOKENS) return { offset, reason: 'has too many parts for a scenario' };
    const reason = REFUSED.get(type);
    if (reason !== undefined) return { offset, reason };
    offset += token.length;
  }
  return null;
}
