/** The method of a request: any token, since new ones are registered and servers have their own. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MAX_LENGTH = 40;
/** Those that answer with a stream somewhere; a method in other letters is one of them, mistyped. */
const USUAL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'SEARCH', 'REPORT', 'PROPFIND'];
/** Why no stream can come of these. */
const WITHOUT_STREAM: ReadonlyMap<string, string> = new Map([
  ['HEAD', 'its answer has no body (RFC 9110, 9.3.2)'],
  ['CONNECT', 'it asks for a tunnel (RFC 9110, 9.3.6)'],
]);

/** Sent as it is given: methods are case-sensitive. One that differs from a usual one by case alone is refused. */
export const method: Kind<string> = scalar({
  placeholder: 'method',
  schema: { type: 'string', pattern: TOKEN.source, maxLength: MAX_LENGTH },
  parse(given) {
    if (!TOKEN.test(given) || given.length > MAX_LENGTH)
      throw new ValueError(
        `${quote(given)} is not a method: at most ${MAX_LENGTH} letters, digits and signs such as "-", without spaces`,
      );
    const upper = given.toUpperCase();
    const why = WITHOUT_STREAM.get(upper);
    if (why !== undefined) throw new ValueError(`${quote(given)} cannot open a stream: ${why}; use GET or POST`);
    if (USUAL.includes(given)) return given;
    if (USUAL.includes(upper))
      throw new ValueError(
        `${quote(given)} must be written ${quote(upper)}: methods are case-sensitive (RFC 9110, 9.1)`,
      );
    return given;
  },
});
