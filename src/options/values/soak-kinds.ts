import { quote, UnitError } from '../../core/units.ts';
import { FINDING_IDS, type FindingId } from '../../findings/finding-ids.ts';
import { type Kind, scalar, ValueError, within } from './kind.ts';
import { oneOf, text } from './kinds.ts';
import { serveOptions } from '../serve-options.ts';
import { closest } from '../../core/suggest.ts';
import type { OptionRow } from '../option.ts';

/**
 * The kinds that only a soak needs. What may hold a secret (header values, user info in a URL, a token given
 * where a variable's name belongs) is never repeated in a message.
 */

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

export type Header = readonly [name: string, value: string];

// RFC 9110, 5.6.2: a field name is a token.
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;

/** `Name: value` */
export const header: Kind<Header> = scalar({
  placeholder: 'Name: value',
  schema: { type: 'string', pattern: String.raw`^[^:\s]+:` },
  parse(given): Header {
    const colon = given.indexOf(':');
    if (colon < 1) throw new ValueError('is not "Name: value"');
    const name = given.slice(0, colon);
    const value = given.slice(colon + 1).trim();
    if (!TOKEN.test(name)) throw new ValueError(`${quote(name)} is not a header name (RFC 9110, 5.6.2)`);
    if (given.length > 8192) throw new ValueError(`${name} is longer than 8192 characters, more than servers accept`);
    // RFC 9110, 5.5: CR, LF and NUL are dangerous; other controls have no meaning in a field value.
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      throw new ValueError(`the value of ${name} has a control character`);
    return [name, value];
  },
});

/** A JSON pointer (RFC 6901, 3) into an event's data; `auto` looks for the usual ones. */
export const jsonPointer: Kind<string> = text({
  placeholder: 'pointer',
  pattern: /^(?:auto|(?:\/(?:[^~/]|~[01])*)*)$/,
  what: 'a JSON pointer such as /seq, nor "auto"',
  maxLength: 256,
});

export interface ReportTarget {
  readonly format: 'json';
  /** A path, or `-` for stdout. */
  readonly file: string;
}

const reportFormat = oneOf('format', ['json']);

/** `json=FILE` */
export const reportTarget: Kind<ReportTarget> = scalar({
  placeholder: 'format=file',
  schema: { type: 'string', pattern: '^json=.+' },
  parse(given): ReportTarget {
    const equals = given.indexOf('=');
    if (equals === -1) throw new ValueError(`${quote(given)} is not FORMAT=FILE, such as json=soak.json`);
    const format = reportFormat.read(given.slice(0, equals));
    const file = given.slice(equals + 1);
    if (file === '' || file.includes('\0'))
      throw new ValueError(`${quote(given)} names no file; write json=soak.json, or json=- for stdout`);
    return { format, file };
  },
});

export const findingId: Kind<FindingId> = oneOf('finding', FINDING_IDS);

const MAX_TEXT = 65_536;

/** Any text at all, within a bound. */
export const anyText: Kind<string> = text({
  placeholder: 'text',
  pattern: /^[^]*$/,
  what: 'a text',
  maxLength: MAX_TEXT,
});

/** `--flag=value` for the embedded server: checked here, since its complaint would come after the start. */
export const serverArg: Kind<string> = scalar({
  placeholder: '--flag=value',
  schema: { type: 'string', pattern: '^--[a-z-]+=' },
  parse(given) {
    const match = /^--([a-z-]+)=([^]*)$/.exec(given);
    if (match === null) throw new ValueError(`${quote(given)} is not --flag=value, such as --evict-after=5s`);
    const [, flag, value] = match as unknown as [string, string, string];
    const rows: readonly OptionRow[] = Object.values(serveOptions);
    const row = rows.find((candidate) => candidate.flag === flag);
    if (row === undefined) {
      const guess = closest(
        flag,
        rows.map((candidate) => candidate.flag),
      );
      throw new ValueError(
        `--${flag} is no flag of "sse-probe serve"${guess === null ? '' : `; did you mean --${guess}?`}`,
      );
    }
    try {
      row.kind.read(row.kind.repeats ? [value] : value);
    } catch (error) {
      if (error instanceof ValueError || error instanceof UnitError)
        throw new ValueError(`--${flag}: ${error.message}`);
      throw error;
    }
    return given;
  },
});

/** A host as it stands in a URL, without scheme, port and path. */
export const hostName: Kind<string> = text({
  placeholder: 'host',
  pattern: /^(?:\[[\da-fA-F:.]+\]|[\da-fA-F:.]+|[^\s/:@?#[\]]+)$/,
  what: 'a host such as sse.example.com',
  maxLength: 255,
});

const MAX_PROCESSES = 64;

/** `auto` is null: the run decides. */
export const processes: Kind<number | null> = scalar({
  placeholder: 'count',
  schema: { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: MAX_PROCESSES }] },
  parse(given) {
    if (given === 'auto') return null;
    if (!/^\d{1,4}$/.test(given)) throw new ValueError('is neither a whole number nor "auto"');
    return within(given, Number(given), { least: 1, most: MAX_PROCESSES, range: ['1', String(MAX_PROCESSES)] });
  },
});

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
