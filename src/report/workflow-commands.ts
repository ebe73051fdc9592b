/**
 * Annotations of a GitHub workflow: lines of a step's output that GitHub shows beside its result. They are escaped as
 * GitHub's toolkit does it, so that no text ends a line or a property, and bounded, since GitHub shows ten of each level
 * for a step and drops the others without a word.
 */
import { printable } from '../core/printable.ts';

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Its lines; none of them has a line end of its own. */
  readonly lines: readonly string[];
}

const MOST_OF_A_LEVEL = 10;
const MAX_TITLE = 200;
const MAX_LINE = 600;

/** One line for each annotation, with its line end. Where there are too many, the last says how many are not shown. */
export function annotationLines(annotations: readonly Annotation[]): string {
  return (['error', 'warning'] as const)
    .flatMap((level) => bounded(annotations.filter((one) => one.level === level)))
    .map(({ level, title, lines }) => {
      const message = lines.map((line) => printable(line, MAX_LINE)).join('\n');
      return `::${level} title=${property(printable(title, MAX_TITLE))}::${data(message)}\n`;
    })
    .join('');
}

function bounded(annotations: readonly Annotation[]): readonly Annotation[] {
  const [first] = annotations;
  if (first === undefined || annotations.length <= MOST_OF_A_LEVEL) return annotations;
  const shown = annotations.slice(0, MOST_OF_A_LEVEL - 1);
  const more = annotations.length - shown.length;
  return [
    ...shown,
    { level: first.level, title: `sse-probe: ${more} more`, lines: ['The step summary lists them all.'] },
  ];
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * Text for the log of a step, in pieces that begin with a line, without what the runner would take for a command: `::`
 * at the beginning of a line, behind spaces too, and the older `##[` anywhere in it. One character of each is escaped.
 */
export function* withoutCommands(pieces: Iterable<string>): Generator<string> {
  let isBlank = true;
  let held = '';
  for (const piece of pieces) {
    const text = held + piece;
    // The half of a sign waits for what follows it.
    held = (isBlank ? HALF_AT_BLANK : HALF).exec(text)?.[0] ?? '';
    const whole = text.slice(0, text.length - held.length);
    yield whole
      .replace(isBlank ? COMMAND_AT_BLANK : COMMAND, String.raw`$1\u003a:`)
      .replaceAll('##[', String.raw`#\u0023[`);
    const line = whole.slice(whole.lastIndexOf('\n') + 1);
    isBlank = (isBlank || line.length < whole.length) && line.trim() === '';
  }
  yield held;
}

const COMMAND = /(?<=\n)([^\S\n]*)::/g;
const COMMAND_AT_BLANK = /(?<=^|\n)([^\S\n]*)::/g;
const HALF = /##?$|(?<=\n[^\S\n]*):$/;
const HALF_AT_BLANK = /##?$|(?<=(?:^|\n)[^\S\n]*):$/;
