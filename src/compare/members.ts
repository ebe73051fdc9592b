/**
 * Members of JSON that somebody else wrote. What is not as the format says is refused in one sentence that names the
 * file, the member and what stands there; members that are not asked for may be anything, so that a later version of the
 * format may add some.
 */
import { UsageError } from '../core/errors.ts';
import { isFields, type JsonFields } from '../core/json.ts';
import { printable, quote } from '../core/printable.ts';

const HINT = {
  hint: 'Give a report that "sse-probe soak --report json=FILE" wrote, as it was written.',
};

/** One object of the JSON, with where it stands. */
export class Members {
  private readonly file: string;
  private readonly path: string;
  private readonly fields: JsonFields;

  /** @param path of the object, empty at the top */
  constructor(file: string, path: string, value: unknown) {
    this.file = file;
    this.path = path;
    if (!isFields(value)) throw this.refusal(path, 'an object', value);
    this.fields = value;
  }

  has(name: string): boolean {
    return this.value(name) !== undefined && this.value(name) !== null;
  }

  /** Whatever it is; undefined where it is missing. */
  value(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  object(name: string): Members {
    return new Members(this.file, this.pathOf(name), this.value(name));
  }

  /** Null where it is null or missing. */
  optionalObject(name: string): Members | null {
    return this.has(name) ? this.object(name) : null;
  }

  objects(name: string, most: number): Members[] {
    const list = this.value(name);
    if (!Array.isArray(list)) throw this.refusal(this.pathOf(name), 'a list', list);
    if (list.length > most)
      throw new UsageError(
        `${this.file}: ${this.pathOf(name)} has ${list.length} entries; at most ${most} are read`,
        HINT,
      );
    return list.map((entry: unknown, at) => new Members(this.file, `${this.pathOf(name)}[${at}]`, entry));
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string') throw this.refusal(this.pathOf(name), 'a text', value);
    return value;
  }

  number(name: string): number {
    const value = this.value(name);
    // JSON has numbers that are too large for any.
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw this.refusal(this.pathOf(name), 'a finite number', value);
    return value;
  }

  /** Null where it was not measured, and where a report of an earlier version has no such member. */
  optionalNumber(name: string): number | null {
    return this.has(name) ? this.number(name) : null;
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== 'boolean') throw this.refusal(this.pathOf(name), 'true or false', value);
    return value;
  }

  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.value(name);
    const word = words.find((known) => known === value);
    if (word === undefined) throw this.refusal(this.pathOf(name), `one of ${words.join(', ')}`, value);
    return word;
  }

  private pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  private refusal(path: string, wanted: string, value: unknown): UsageError {
    const where = path === '' ? 'the JSON' : printable(path);
    return new UsageError(`${this.file}: ${where} is ${shown(value)}, and not ${wanted}`, HINT);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return isFields(value) ? 'an object' : String(value);
}
