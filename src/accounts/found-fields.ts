/**
 * Where the data of a stream's events say their number and their time: named by the user, standing under a name that is
 * known, or found by what stands there. Written into the figures of a load process as text, so that those of several
 * processes can be merged.
 */
import { figures, type Measured } from '../measure/figures.ts';
import { TIME_UNITS, type TimeUnit } from './unix-time.ts';

export const FIELD_FIGURES = figures({
  tallies: [
    /** Where numbers and times were read, by each process that read them. */
    'fields',
  ],
});

const ORIGINS = ['given', 'known', 'found'] as const;

/** Where a number is read. */
export interface SequenceField {
  /** JSON pointer into the data. */
  pointer: string;
  /** `given` by the user, under a name that is `known`, or `found` by what stands there. */
  origin: (typeof ORIGINS)[number];
}

/** Where a time is read. */
export interface TimeField extends SequenceField {
  /** The unit of the time. */
  unit: TimeUnit;
}

/** Where the numbers and the times of events are read. */
export interface Fields {
  /** The member that counts; null where none is known. */
  sequence: SequenceField | null;
  /** The member that tells the time; null where none is known. */
  time: TimeField | null;
}

/** @param read what was read, and where the user said that a number stands and none does */
export function noteFields(
  { fields }: Measured<typeof FIELD_FIGURES>,
  { fields: { sequence, time }, missing }: { readonly fields: Fields; readonly missing: string | null },
): void {
  fields.clear();
  if (sequence !== null) fields.set(`sequence ${sequence.origin} ${sequence.pointer}`, 1);
  if (time !== null) fields.set(`${time.unit} ${time.origin} ${time.pointer}`, 1);
  if (missing !== null) fields.set(`${MISSING}${missing}`, 1);
}

const MISSING = 'missing ';
const NOTED = /^(.+?) (given|known|found) (.*)$/s;

export function fieldsOf({ fields }: { readonly fields: ReadonlyMap<string, number> }): Fields {
  const noted: Fields = { sequence: null, time: null };
  for (const text of fields.keys()) {
    const [, what, how, pointer = ''] = NOTED.exec(text) ?? [];
    const origin = ORIGINS.find((one) => one === how);
    const unit = TIME_UNITS.find((one) => one === what);
    if (origin === undefined) continue;
    if (unit === undefined) noted.sequence ??= { pointer, origin };
    else noted.time ??= { pointer, origin, unit };
  }
  return noted;
}

/** Where the user said that a number stands, and none does; null where there is nothing to say. */
export function missingSequence(read: { readonly fields: ReadonlyMap<string, number> }): string | null {
  const missing = [...read.fields.keys()].find((text) => text.startsWith(MISSING));
  return missing === undefined || fieldsOf(read).sequence !== null ? null : missing.slice(MISSING.length);
}

/** For people: "sequence: /n (found), times: /at in ms (found)"; empty where neither is known. */
export function fieldsText({ sequence, time }: Fields): string {
  return [
    ...(sequence === null ? [] : [`sequence: ${sequence.pointer}${how(sequence)}`]),
    ...(time === null
      ? []
      : [`times: ${time.pointer} ${time.unit === 'ISO 8601' ? 'as' : 'in'} ${time.unit}${how(time)}`]),
  ].join(', ');
}

function how({ origin }: SequenceField): string {
  return origin === 'found' ? ' (found)' : '';
}
