import { isIP } from 'node:net';
import { quote } from '../../core/units.ts';
import { type Kind, scalar, ValueError } from './kind.ts';

/** The kinds that only a probe needs. */

/** What a probe waits for; then it ends. */
export type Until =
  | { readonly kind: 'headers' | 'event' | 'heartbeat' }
  | { readonly kind: 'text'; readonly text: string };

const MAX_TEXT = 200;

/** `headers`, `event`, `heartbeat` or `text:[DONE]` */
export const until: Kind<Until> = scalar({
  placeholder: 'what',
  schema: { type: 'string', pattern: '^(?:headers|event|heartbeat|text:.+)$' },
  parse(given): Until {
    if (given === 'headers' || given === 'event' || given === 'heartbeat') return { kind: given };
    if (!given.startsWith('text:'))
      throw new ValueError(`${quote(given)} is none of headers, event, heartbeat, text:…`);
    const text = given.slice('text:'.length);
    if (text === '') throw new ValueError('names no text; write it like text:[DONE]');
    if (text.length > MAX_TEXT) throw new ValueError(`has a text of more than ${MAX_TEXT} characters`);
    return { kind: 'text', text };
  },
});

export interface Place {
  readonly host: string;
  /** The port to connect to; null for the port of the URL. */
  readonly port: number | null;
}

const PLACE = /^(?:\[([\da-fA-F:.]+)\]|([^\s/@?#:[\]]+))(?::(\d{1,5}))?$/;

/** `HOST`, `HOST:PORT`, `ADDRESS`, `[IPV6]:PORT` */
export const place: Kind<Place> = scalar({
  placeholder: 'host:port',
  schema: { type: 'string', maxLength: 262 },
  parse(given): Place {
    if (isIP(given) === 6) return { host: given, port: null };
    const match = PLACE.exec(given);
    const host = match?.[1] ?? match?.[2];
    if (match === null || host === undefined || given.length > 262)
      throw new ValueError(`${quote(given)} is not HOST or HOST:PORT, such as 10.0.0.7:8443`);
    if (match[1] !== undefined && isIP(match[1]) !== 6)
      throw new ValueError(`${quote(given)} has no IPv6 address in its brackets`);
    const port = match[3] === undefined ? null : Number(match[3]);
    if (port !== null && (port < 1 || port > 65_535))
      throw new ValueError(`${quote(given)} has a port out of range; it is one from 1 to 65535`);
    return { host, port };
  },
});
