/** JSON pointers (RFC 6901): where in a JSON value something stands. */

/** A pointer as a pattern, the empty one included, which is the whole value. */
export const POINTER_PATTERN: string = String.raw`(?:\/(?:[^~/]|~[01])*)*`;

/** @param pointer that has {@link POINTER_PATTERN} */
export function pointerPath(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerText(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const isEnumerable = Object.prototype.propertyIsEnumerable;

/** Undefined where nothing stands. */
export function valueAt(json: unknown, path: readonly string[]): unknown {
  let value = json;
  for (const key of path) {
    // Enumerable, which what JSON has in it is, and the length of an array is not.
    if (typeof value !== 'object' || value === null || !isEnumerable.call(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
