/**
 * Secrets stay out of everything that is written: user info of a URL, what goes under the name of a secret, what looks
 * like a token under any name, and the secrets of our own request where a server repeats them. It works on text, since
 * what is no URL is quoted too, to say so. Every function here is pure, and takes any text.
 *
 * It refuses to guess by how random a text looks: ids of events and paths are random too, and are what a report is
 * read for.
 */
import { basicAuthorization } from './basic-auth.ts';
import { namesSecret } from './secret-names.ts';

/** What stands in the place of a secret. */
export const REDACTED = 'REDACTED';
const USER_INFO = /^((?:[a-z][a-z\d+.-]*:)?\/\/)[^/?#]*@/i;
/** `user:password@host`: somebody left out the scheme. */
const BARE_USER_INFO = /^[^/?#\s:]*:[^/?#\s]*@/;
/** One name and value of a query, of a path (`;jsessionid=`), or of a fragment that is written like one. */
const PARAMETER = /([?&#;])([^=&#;]*)=([^&#;]*)/g;
const PERCENT_ENCODED = /%[\da-f]{2}/gi;
/** A URL inside a value may have one inside, and so on; deeper ones are left out whole. */
const DEEPEST = 4;
/** OAuth's `state` guards a login; that of an order is a short word. */
const LEAST_STATE = 16;

/**
 * Tokens that are known by their form, whatever they are called: JSON Web Tokens and their heads (RFC 7519), the tickets
 * of CAS, and what the issuers of keys put before them so that scanners find them.
 */
const TOKENS: readonly RegExp[] = [
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*){0,3}/g,
  /(?<![\w-])eyJ(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi)[\w-]*/g,
  /\b(?:ST|PT|TGT|TGC|PGT|PGTIOU)-\d+-[\w.-]{8,}/g,
  /(?<![\w-])(?:sk|rk|whsec)[-_](?=[\w-]*\d)[\w-]{16,}/g,
  /\b(?:gh[oprsu]_|github_pat_|glpat-|xox[abeoprs]-|hf_|npm_|pypi-|dop_v1_|shp(?:at|ca|pa|ss)_)[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z\d]{16}\b/g,
  /\bAIza[\w-]{30,}/g,
  /\bya29\.[\w-]{10,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
];
/** Credentials behind their scheme (RFC 9110, 11.4). One without a digit is a word: "Basic authentication". */
const CREDENTIALS = /\b(Bearer|Basic|Digest|Negotiate|Token) +(?=[\w.~+/-]*\d)[\w.~+/-]{8,}=*(?![\w"=])/gi;
const URL_IN_TEXT = /\bhttps?:\/\/[^\s"'`<>\\^{|}“”]+/gi;
/** `"token": "…"`, `api_key=…`: a field of JSON, of a form or of a log line. */
const FIELD = /((\\?["']|)\b([a-z][\w.-]{1,60})\2(?: ?= ?| ?: ?(?=\\?["']))(?:\\?["']|))([^\s"'\\&;,)}]{4,})/gi;

/** A URL, or what was meant to be one, without its secrets. */
export function redactUrl(text: string): string {
  return redactAddress(URL.canParse(text) ? new URL(text).href : text, 0);
}

function redactAddress(url: string, depth: number): string {
  return withoutTokens(
    url
      .replace(USER_INFO, `$1${REDACTED}@`)
      .replace(BARE_USER_INFO, `${REDACTED}@`)
      .replace(PARAMETER, (_parameter, before: string, name: string, value: string) => {
        const plainName = decoded(name);
        const isState = plainName.toLowerCase() === 'state' && value.length >= LEAST_STATE;
        if (isState || (value !== '' && namesSecret(plainName))) return `${before}${name}=${REDACTED}`;
        return `${before}${name}=${redactValue(value, depth + 1)}`;
      }),
  );
}

/** A value may be a URL, encoded or not, or encoded more than once. */
function redactValue(value: string, depth: number): string {
  if (depth > DEEPEST) return value.length < LEAST_SECRET ? value : REDACTED;
  const redacted = redactAddress(value, depth);
  if (redacted !== value || !value.includes('%')) return redacted;
  const plain = decoded(value);
  if (plain === value) return value;
  const without = redactValue(plain, depth + 1);
  return without === plain ? value : encoded(without);
}

export function redactHeaders(headers: ReadonlyArray<readonly [string, string]>): [string, string][] {
  return headers.map(([name]) => [name, REDACTED]);
}

/** A text of a server, for a report: without what looks like a secret of anybody's. */
export function redactText(text: string): string {
  return withoutTokens(
    text
      .replace(URL_IN_TEXT, (url) => redactAddress(url, 0))
      .replace(FIELD, withoutField)
      .replace(CREDENTIALS, `$1 ${REDACTED}`),
  );
}

function withoutField(...[field = '', before = '', , name = '', value = '']: string[]): string {
  const isSecret = value !== REDACTED && !value.startsWith('http') && namesSecret(name);
  return isSecret ? `${before}${REDACTED}` : field;
}

function withoutTokens(text: string): string {
  return TOKENS.reduce((shown, token) => shown.replace(token, REDACTED), text);
}

/** Shorter values are no secrets, and stand in any text. */
const LEAST_SECRET = 6;

/** What is asked, as far as it may hold a secret. */
export interface SecretRequest {
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly url: URL;
  readonly body?: string | null | undefined;
}

/** The values of a request that must not be shown where its server repeats them, as they are and as URLs have them. */
export function secretsOf({ headers, url, body = null }: SecretRequest): string[] {
  const named = [
    ...headers.filter(([name]) => namesSecret(name)).flatMap(([, value]) => value.split(/[\s;,=]+/)),
    ...[...url.searchParams].flatMap(([name, value]) => (namesSecret(name) ? [value] : [])),
    ...[...(body ?? '').matchAll(FIELD)].flatMap(([, , , name = '', value = '']) => (namesSecret(name) ? [value] : [])),
    // A token may stand where a name does; a name before a password is none.
    decoded(url.password === '' ? url.username : url.password),
    basicAuthorization(url)?.replace('Basic ', '') ?? '',
  ].filter((value) => value.length >= LEAST_SECRET);
  return [...new Set([...named, ...named.map(encoded)])];
}

/** Where a text was cut off, maybe within a secret; it may be cut at its end without a mark. */
const CUT_MARKS = /(…|\.\.\.)/;

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: one that begins another would leave the rest of that.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const whole = longestFirst.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text);
  const parts = whole.split(CUT_MARKS);
  return parts.map((part) => longestFirst.reduce(withoutBeginningAtEnd, part)).join('');
}

function withoutBeginningAtEnd(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= LEAST_SECRET; length--) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}${REDACTED}`;
  }
  return text;
}

/** Every text in a value that was made of what a server said, by both of the above. Names of fields stay. */
export function redactedTexts<Value>(value: Value, secrets: readonly string[]): Value {
  return mapTexts(value, (text) => redactText(withoutSecrets(text, secrets))) as Value;
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, map)]));
}

/** Percent-encoded UTF-8; bytes that are none are characters of their own. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(PERCENT_ENCODED, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16)));
  }
}

/** Percent-encoded, halves of surrogate pairs as the character that stands for what is no text. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
