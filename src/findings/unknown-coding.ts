/** A `Content-Encoding` whose name is no coding, such as `none`: what `probe` and `soak` say of it. */

/** To stand behind "the answer" or "9 streams", with its verb. @param name printable */
export function unknownCodingSays(name: string): string {
  return `\`Content-Encoding: ${name}\`, which is no content coding: clients read the stream as it is`;
}

export const UNKNOWN_CODING_ADVICE =
  'Leave Content-Encoding out of a stream that is not compressed; to keep compressors away, send `Cache-Control: no-transform`.';
