/** A header field of a request. Its value may be a secret and is never repeated in a message. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export type Header = readonly [name: string, value: string];

// RFC 9110, 5.6.2: a field name is a token.
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;

/** `Name: value` */
export const header: Kind<Header> = scalar({
  placeholder: 'Name: value',
  schema: { type: 'string', pattern: String.raw`^[^:\s]+:` },
  show: ([name, value]) => `${name}: ${value}`,
  parse(given): Header {
    const colon = given.indexOf(':');
    if (colon < 1) throw new ValueError('the value is not "Name: value"');
    const name = given.slice(0, colon);
    const value = given.slice(colon + 1).trim();
    if (!TOKEN.test(name)) throw new ValueError(`${quote(name)} is not a header name (RFC 9110, 5.6.2)`);
    if (given.length > 8192)
      throw new ValueError(`${name} is longer than 8192 characters, which servers do not accept`);
    // RFC 9110, 5.5: CR, LF and NUL are dangerous; other controls have no meaning in a field value.
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      throw new ValueError(`the value of ${name} contains a control character`);
    return [name, value];
  },
});
