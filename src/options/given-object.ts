/**
 * An object of a program → the entries of a scenario, as if its keys stood in a file: the same names, the same
 * texts, the same refusals. `duration: 30_000` is refused for its missing unit like `duration: 30000` in YAML.
 */
import { UsageError } from '../core/errors.ts';
import type { Given, GivenItem } from './values/value-kind.ts';
import type { ScenarioEntry } from './resolve.ts';

/**
 * @param place where the object was given, to begin each complaint with: `soak()`
 * @throws {UsageError} for a value that no option could take; keys are checked with the table
 */
export function entriesOf(place: string, options: object): ScenarioEntry[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({
      key,
      keyPlace: place,
      given: givenOf(`${place}: ${key}`, value),
      // A text for a number is as good: there are no quotes to be seen in an object.
      quoted: false,
      place: () => place,
    }));
}

function givenOf(label: string, value: unknown): Given {
  if (Array.isArray(value)) return value.map((item, index) => itemOf(`${label}[${index}]`, item));
  return itemOf(label, value);
}

function itemOf(label: string, value: unknown): GivenItem {
  if (!isMap(value)) return scalarOf(label, value);
  return new Map(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, scalarOf(`${label}.${key}`, inner)]),
  );
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof URL);
}

function scalarOf(label: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof URL) return value.href;
  throw new UsageError(
    `${label}: takes a string, a number or a boolean, not ${value === null ? 'null' : typeof value}`,
    {
      hint: 'Omit it, or set it to undefined, for the default.',
    },
  );
}
