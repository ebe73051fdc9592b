/** The options that `soak()` and `probe()` have in common: the request, and which certificates are believed. */
export interface AskingOptions {
  /**
   * HTTP method of the request; with a body, POST is the default.
   * @defaultValue `'GET'`
   */
  method?: string | undefined;

  /**
   * Request header. One value, or a list of them.
   * @defaultValue `[]`
   */
  header?: string | readonly string[] | undefined;

  /**
   * Request body, sent as it is written; JSON as application/json, unless `header` names a Content-Type.
   * @defaultValue none
   */
  body?: string | undefined;

  /**
   * Environment variable with the bearer token to send.
   * @defaultValue none
   */
  'bearer-env'?: string | undefined;

  /**
   * Accept any certificate.
   * @defaultValue `false`
   */
  insecure?: boolean | undefined;

  /**
   * PEM file with the authorities to trust.
   * @defaultValue Node's own
   */
  ca?: string | undefined;

  /**
   * How long to wait for a target that does not accept connections yet; no other time counts meanwhile. A duration from
   * `0s` to `1h`.
   * @defaultValue `'0s'`
   */
  wait?: string | undefined;

  /**
   * Longest line. A size from `16B` to `256MiB`.
   * @defaultValue `'16MiB'`
   */
  'max-line'?: string | undefined;

  /**
   * Most data in one event. A size from `16B` to `256MiB`.
   * @defaultValue `'32MiB'`
   */
  'max-event'?: string | undefined;
}
