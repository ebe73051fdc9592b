/** JSON that others wrote: nothing is taken for granted, and nothing is thrown. */

/** The members of a JSON object. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** An object, and no array. */
export function isFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the text says; undefined, which no JSON is, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
