/** What only the server's options need. */
import { quote } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { text } from './words.ts';

const MAX_SECRET = 1024;
// RFC 6750, 2.1: b64token.
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

/** A bearer token. It never stands in a complaint: those end up in logs. */
export const secret: Kind<string> = scalar({
  placeholder: 'token',
  schema: { type: 'string', pattern: BEARER_TOKEN.source, maxLength: MAX_SECRET },
  parse(given) {
    if (given.length > MAX_SECRET) throw new ValueError(`is longer than ${MAX_SECRET} characters`);
    if (!BEARER_TOKEN.test(given))
      throw new ValueError('is not a bearer token: letters, digits and -._~+/ with = at the end');
    return given;
  },
});

/** An origin as browsers send it; the default port goes, as it goes there. */
export const origin: Kind<string> = scalar({
  placeholder: 'origin',
  schema: { type: 'string', pattern: '^https?://[^/?#@*]+/?$', maxLength: 512 },
  parse(given) {
    if (given === '*' || given === 'null')
      throw new ValueError(
        `${quote(redactUrl(given))} is not an origin; name each origin, such as https://app.example.com`,
      );
    const url = URL.canParse(given) ? new URL(given) : null;
    const isOrigin =
      url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href && !url.hostname.includes('*');
    if (!isOrigin)
      throw new ValueError(
        `${quote(redactUrl(given))} is not an origin such as https://app.example.com (scheme, host and port only)`,
      );
    return url.origin;
  },
});

/** A host name as it stands in `Host`, without its port. */
export const allowedHost: Kind<string> = text({
  placeholder: 'name',
  pattern: /^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/,
  what: 'a host name in lower case, without a port',
  maxLength: 253,
  commas: true,
});

/** A file that is read once, at the start. */
export const filePath: Kind<string> = text({
  placeholder: 'file',
  pattern: /^[^\0]+$/,
  what: 'a file',
  maxLength: 4096,
});

/** A Redis; its URL may hold a password, which no complaint shows. */
export const redisUrl: Kind<string> = text({
  placeholder: 'url',
  pattern: /^rediss?:\/\/[^/?#]/,
  what: 'the URL of a Redis, such as redis://127.0.0.1:6379',
  maxLength: 2048,
});

/** The name of a defect to serve with. The server knows which exist and refuses the others by name. */
export const faultName: Kind<string> = text({
  placeholder: 'fault',
  pattern: /^[a-z][a-z-]*$/,
  what: 'the name of a fault (lower-case letters and dashes)',
  maxLength: 40,
  commas: true,
});
