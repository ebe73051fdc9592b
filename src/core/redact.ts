/**
 * Secrets stay out of everything that is written: user info and token-like query values of a URL, and the
 * values of headers, whatever their name.
 */
const SECRET_NAME = /token|secret|password|passwd|pwd|auth|key|signature|sig|session|credential|code|jwt/i;
const REDACTED = 'REDACTED';

export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username !== '') url.username = REDACTED;
  if (url.password !== '') url.password = REDACTED;
  for (const name of new Set(url.searchParams.keys())) {
    if (SECRET_NAME.test(name)) url.searchParams.set(name, REDACTED);
  }
  return url.href;
}

export function redactHeaders(headers: ReadonlyArray<readonly [string, string]>): [string, string][] {
  return headers.map(([name]) => [name, REDACTED]);
}
