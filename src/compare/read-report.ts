/**
 * The text of a JSON report → the run that it keeps. What is no report of a soak is told apart by what it probably is, so
 * that the complaint says what to give instead.
 */
import { UsageError } from '../core/errors.ts';
import { isFields } from '../core/json.ts';
import { jsonMistakeAt, lineAndColumn } from '../core/json-place.ts';
import { quote } from '../core/printable.ts';
import { type KeptRun, keptRun } from './kept-run.ts';
import { Members } from './members.ts';

const SCHEMA = 'sse-probe/soak@1';
const HINT = { hint: 'Give the JSON report of a soak: sse-probe soak --report json=FILE.' };
/** A report of ours has some ten levels; the most that JSON.stringify takes has some thousand. */
const MOST_LEVELS = 100;

/** @param file its name in complaints. @throws {UsageError} `FILE: …` or `FILE:LINE:COLUMN: …` */
export function readReport(text: string, file: string): KeptRun {
  const report = parsed(text.replace(/^\ufeff/, ''), file);
  const schema = isFields(report) ? report['schema'] : undefined;
  if (schema !== SCHEMA) throw noReport(schema, report, file);
  return keptRun(new Members(file, '', report), file);
}

function parsed(text: string, file: string): unknown {
  if (text.trim() === '') throw new UsageError(`${file}: is empty`, HINT);
  if (isTooDeep(text)) throw new UsageError(`${file}: is nested more than ${MOST_LEVELS} levels deep`, HINT);
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = jsonMistakeAt(text) ?? 0;
    const what =
      at >= text.length ? 'the JSON ends here before it is complete' : `${quote(text.slice(at, at + 20))} is not JSON`;
    throw new UsageError(`${file}:${lineAndColumn(text, at)}: ${what}`, { ...HINT, cause: error });
  }
}

function isTooDeep(text: string): boolean {
  let level = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') isInString = !isInString;
    else if (isInString) at += char === '\\' ? 1 : 0;
    else if (char === '{' || char === '[') level += 1;
    else if (char === '}' || char === ']') level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

function noReport(schema: unknown, report: unknown, file: string): UsageError {
  if (typeof schema !== 'string') {
    const what = isFields(report) ? 'it has no "schema"' : 'it is no JSON object';
    return new UsageError(`${file}: is no report of a soak: ${what}`, HINT);
  }
  if (schema.startsWith('sse-probe/soak@'))
    return new UsageError(`${file}: has the format ${quote(schema)}; this sse-probe reads ${quote(SCHEMA)}`, {
      hint: 'Compare it with the version of sse-probe that wrote it, or run the soak again with this one.',
    });
  return new UsageError(`${file}: has the format ${quote(schema)} and not ${quote(SCHEMA)}`, HINT);
}
