/**
 * Secrets stay out of everything that is written: user info and token-like values of a URL, and the values of
 * headers, whatever their name. It works on text, since what is no URL is quoted too, to say so.
 */
const SECRET_NAME = /token|secret|pass|pwd|auth|bearer|key|sig|session|cookie|credential|code|jwt/i;
const REDACTED = 'REDACTED';
const USER_INFO = /^((?:[a-z][a-z\d+.-]*:)?\/\/)[^/?#]*@/i;
/** `user:password@host`: somebody left out the scheme. */
const BARE_USER_INFO = /^[^/?#\s]*:[^/?#\s]*@/;
/** One name and value of a query, or of a fragment that is written like one. */
const PARAMETER = /([?&#;])([^=&#;]*)=[^&#;]*/g;
const PERCENT_ENCODED = /%[\da-f]{2}/gi;

export function redactUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text).href : text;
  return url
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(BARE_USER_INFO, `${REDACTED}@`)
    .replace(PARAMETER, (parameter, before: string, name: string) =>
      namesSecret(name.replace(PERCENT_ENCODED, decodeByte)) ? `${before}${name}=${REDACTED}` : parameter,
    );
}

export function redactHeaders(headers: ReadonlyArray<readonly [string, string]>): [string, string][] {
  return headers.map(([name]) => [name, REDACTED]);
}

/** Shorter values are no secrets, and stand in any text. */
const LEAST_SECRET = 6;

/** The values of a request that must not be shown where its server repeats them. */
export function secretsOf(headers: ReadonlyArray<readonly [name: string, value: string]>, url: URL): string[] {
  const named = [
    ...headers.filter(([name]) => namesSecret(name)).flatMap(([, value]) => value.split(/[\s;,=]+/)),
    ...[...url.searchParams].flatMap(([name, value]) => (namesSecret(name) ? [value] : [])),
    url.password.replaceAll(PERCENT_ENCODED, decodeByte),
  ];
  return named.filter((value) => value.length >= LEAST_SECRET);
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: one that begins another would leave the rest of that.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text);
}

/** Whether what goes under this name (of a parameter, of a header) is likely a secret. */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

function decodeByte(encoded: string): string {
  return String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
}
