/**
 * Where a text stops being JSON (RFC 8259). `JSON.parse` says that of some mistakes and not of others, in words that
 * change with the engine. Reads without recursion, so that no nesting is too deep for it.
 */

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** @returns the offset of the first character that cannot stand there; null where all of it is JSON */
export function jsonMistakeAt(text: string): number | null {
  const reader = new JsonReader(text);
  while (!reader.isOver) reader.step();
  return reader.mistakeAt;
}

/** Line and column of an offset, both from 1. */
export function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at);
  return `${before.split('\n').length}:${at - before.lastIndexOf('\n')}`;
}

class JsonReader {
  isOver = false;
  mistakeAt: number | null = null;
  private readonly text: string;
  private readonly open: ('{' | '[')[] = [];
  private at = 0;
  /** `next` is what stands behind a value: a comma, the end of its container, or of the text. */
  private awaited: 'value' | 'key' | 'next' = 'value';
  /** The container has just begun, so that it may end at once. */
  private mayEnd = false;

  constructor(text: string) {
    this.text = text;
  }

  step(): void {
    this.pass(BLANK);
    const char = this.text[this.at] ?? '';
    const container = this.open.at(-1);
    const isEnd = container !== undefined && char === (container === '{' ? '}' : ']');
    if (isEnd && (this.awaited === 'next' || this.mayEnd)) {
      this.open.pop();
      this.at += 1;
      this.awaited = 'next';
    } else if (this.awaited === 'next') this.readNext(char, container);
    else if (this.awaited === 'key') this.readKey();
    else if (char === '{' || char === '[') {
      this.open.push(char);
      this.at += 1;
      this.awaited = char === '{' ? 'key' : 'value';
      this.mayEnd = true;
      return;
    } else this.readScalar(char);
    this.mayEnd = false;
  }

  private readNext(char: string, container: '{' | '[' | undefined): void {
    if (char === '' && container === undefined) {
      this.isOver = true;
      return;
    }
    if (char !== ',' || container === undefined) return this.stop();
    this.at += 1;
    this.awaited = container === '{' ? 'key' : 'value';
  }

  private readKey(): void {
    if (!this.passString()) return this.stop();
    this.pass(BLANK);
    if (this.text[this.at] !== ':') return this.stop();
    this.at += 1;
    this.awaited = 'value';
  }

  private readScalar(char: string): void {
    if (!(char === '"' ? this.passString() : this.pass(SCALAR))) return this.stop();
    this.awaited = 'next';
  }

  /** Where it breaks, `at` stands there. */
  private passString(): boolean {
    if (this.text[this.at] !== '"') return false;
    this.at += 1;
    while (this.at < this.text.length) {
      const char = this.text[this.at] as string;
      if (char < ' ' || (char === '\\' && !this.pass(ESCAPE))) return false;
      if (char === '\\') continue;
      this.at += 1;
      if (char === '"') return true;
    }
    return false;
  }

  private pass(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private stop(): void {
    this.isOver = true;
    this.mistakeAt = this.at;
  }
}
