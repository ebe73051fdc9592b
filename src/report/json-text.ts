/**
 * JSON that can be printed. It may hold some characters as they are (RFC 8259, 7) where a reader of lines ends one
 * (Python's `splitlines`) or a terminal obeys: C1 controls, the line ends of Unicode, what turns a line around.
 */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/** On one line where no indent is given, with those characters as escapes. @param replacer as `JSON.stringify` takes it */
export function jsonText(
  value: unknown,
  replacer?: ((key: string, value: unknown) => unknown) | null,
  indent = 0,
): string {
  return JSON.stringify(value, replacer ?? undefined, indent).replace(LEFT_BY_JSON, escape);
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
