/** The options that `soak()` and `probe()` have in common: the request, and which certificates are believed. */
export interface AskingOptions {
  /**
   * HTTP method; the default is POST if there is a body.
   * @defaultValue `'GET'`
   */
  method?: string | undefined;

  /**
   * Request header. One value, or a list of them.
   * @defaultValue `[]`
   */
  header?: string | readonly string[] | undefined;

  /**
   * Request body, sent unchanged; a JSON body is sent as application/json, unless `header` sets a Content-Type.
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
   * PEM file with the certificate authorities to trust.
   * @defaultValue Node's own
   */
  ca?: string | undefined;

  /**
   * Longest time to wait until the target accepts connections; other time limits start afterwards. A duration from `0s`
   * to `1h`.
   * @defaultValue `'0s'`
   */
  wait?: string | undefined;

  /**
   * Longest line of a stream. A size from `16B` to `256MiB`.
   * @defaultValue `'16MiB'`
   */
  'max-line'?: string | undefined;

  /**
   * Largest data of one event. A size from `16B` to `256MiB`.
   * @defaultValue `'32MiB'`
   */
  'max-event'?: string | undefined;
}
