/** Values that are URLs and hosts. What a message quotes of a URL is without its secrets, also where it is mistyped. */
import { UsageError } from '../../core/errors.ts';
import { quote } from '../../core/printable.ts';
import { redactUrl, REDACTED } from '../../core/redact.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { text } from './words.ts';

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;
/** User info, a host or an address in brackets, and a port, up to the path. */
const AUTHORITY = /^(?:[^/?#@\s]*@)?(\[[\da-f:.]+\]|[^/?#@:[\]\s\\]+)(:\d{1,5})?(?=[/?#]|$)/i;
/** `localhost`, or labels with dots between them: one word alone is more often a mistake than a host. */
const HOST = /^(?:\[.*\]|localhost|[^.]+(?:\.[^.]+)+\.?)$/i;

/** A text that can be nothing but a URL: it has `://`, a port or an address in brackets. */
export function isSurelyUrl(text: string): boolean {
  const [, host = '', port] = AUTHORITY.exec(text) ?? [];
  return SCHEME.test(text) || port !== undefined || host.startsWith('[');
}

/** A URL with or without its scheme. A file may have the same name: `example.org/events`. */
export function looksLikeUrl(text: string): boolean {
  return isSurelyUrl(text) || HOST.test(AUTHORITY.exec(text)?.[1] ?? '');
}

/** What an editor accepts: a scheme, or what may be the host of a URL without one. */
export const URL_PATTERN = String.raw`^(?:https?://|[^/?#\s]+[.:\]]|localhost)`;

/** http(s) only, and http: where no scheme is written. @throws {ValueError} quoting what was given */
export function httpUrl(given: string, { example, can }: { example: string; can: string }): URL {
  const written = !SCHEME.test(given) && looksLikeUrl(given) ? `http://${given}` : given;
  if (/\s/.test(written) || !URL.canParse(written))
    throw new ValueError(`${shownUrl(given)} is not a URL; write it like ${example}`);
  const url = new URL(written);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ValueError(
      `${shownUrl(given)} begins with ${quote(url.protocol)}; only http:// and https:// can be ${can}`,
    );
  if (url.port === '0') throw new ValueError(`${shownUrl(given)} has port 0, on which no server can listen`);
  return url;
}

/** A stream. A fragment is dropped, since it never reaches a server. */
export const targetUrl: Kind<string> = scalar({
  placeholder: 'url',
  schema: { type: 'string', pattern: URL_PATTERN },
  parse(given) {
    const url = httpUrl(given, { example: 'http://127.0.0.1:8787/events', can: 'streamed from' });
    url.hash = '';
    return url.href;
  },
});

/** A URL or what was meant to be one, in quotes. Where it cannot be parsed, all before an `@` may be user info. */
export function shownUrl(text: string): string {
  return quote(redactUrl(text.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^]*@/i, `$1${REDACTED}@`)));
}

/** The URL that a command takes as its argument. @throws {UsageError} for what is no address of a stream */
export function urlArgument(text: string): URL {
  try {
    return new URL(targetUrl.read(text));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(error.message);
  }
}

/** Only http: what a proxy is told goes in the clear anyway (RFC 9110, 9.3.6, CONNECT). */
export const proxyUrl: Kind<string> = scalar({
  placeholder: 'url',
  schema: { type: 'string', pattern: '^http://' },
  parse(given) {
    if (!URL.canParse(given) || new URL(given).protocol !== 'http:')
      throw new ValueError(`${shownUrl(given)} is not the URL of a proxy; write it like http://127.0.0.1:3128`);
    return given;
  },
});

/** A host as it stands in a URL, without scheme, port and path. */
export const hostName: Kind<string> = text({
  placeholder: 'host',
  pattern: /^(?:\[[\da-fA-F:.]+\]|[\da-fA-F:.]+|[^\s,/:@?#[\]]+)$/,
  what: 'a host such as sse.example.com',
  maxLength: 255,
  commas: true,
});
