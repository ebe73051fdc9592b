/** What to do about a `Content-Encoding` whose name is no coding, such as `none`. */
export const UNKNOWN_CODING_ADVICE =
  'Leave Content-Encoding out of a stream that is not compressed; to keep compressors away, send `Cache-Control: no-transform`.';
