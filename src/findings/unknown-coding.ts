/** A `Content-Encoding` whose name is no coding, such as `none`: what `probe` and `soak` say of it. */

/** To stand behind "the answer" or "9 streams", with its verb. @param name printable */
export function unknownCodingSays(name: string): string {
  return `\`Content-Encoding: ${name}\`, which is not a content coding: clients read the body as it is`;
}

export const UNKNOWN_CODING_ADVICE =
  'Remove Content-Encoding from a stream that is not compressed; to prevent compression, send `Cache-Control: no-transform`.';
