/** Values that are URLs and hosts. User info in a URL may be a secret, so no message repeats a whole URL. */
import { UsageError } from '../../core/errors.ts';
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { text } from './words.ts';

/** http(s) only; a fragment is dropped, since it never reaches a server. */
export const targetUrl: Kind<string> = scalar({
  placeholder: 'url',
  schema: { type: 'string', pattern: '^https?://' },
  parse(given) {
    if (/\s/.test(given) || !URL.canParse(given)) {
      throw new ValueError('is not a URL; write it like http://127.0.0.1:8787/events');
    }
    const url = new URL(given);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new ValueError(`begins with ${quote(url.protocol)}; only http:// and https:// can be streamed from`);
    }
    if (url.port === '0') throw new ValueError('has port 0, which nobody can listen on');
    url.hash = '';
    return url.href;
  },
});

/** The URL that a command takes as its argument. @throws {UsageError} for what is no address of a stream */
export function urlArgument(text: string, command: 'listen' | 'probe'): URL {
  try {
    return new URL(targetUrl.read(text));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(`the URL ${error.message}`, {
      hint: `For example: sse-probe ${command} http://127.0.0.1:8787/events`,
    });
  }
}

/** Only http: what a proxy is told goes in the clear anyway (RFC 9110, 9.3.6, CONNECT). */
export const proxyUrl: Kind<string> = scalar({
  placeholder: 'url',
  schema: { type: 'string', pattern: '^http://' },
  parse(given) {
    if (!URL.canParse(given) || new URL(given).protocol !== 'http:')
      throw new ValueError('is not the URL of a proxy; write it like http://127.0.0.1:3128');
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
