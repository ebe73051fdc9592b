/**
 * The beginning of a text, to be kept for long. A slice will not do: V8 has it point into the text that it was cut from,
 * which then lives as long, be it megabytes.
 */

/** The first `most` characters, as a text of its own. */
export function keptText(text: string, most: number): string {
  return Buffer.from(text.slice(0, most), 'utf16le').toString('utf16le');
}
