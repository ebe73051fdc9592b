/** The host and port that a probe connects to instead of those of the URL. */
import { quote } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { isIP } from 'node:net';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export interface ConnectPlace {
  readonly host: string;
  /** The port to connect to; null for the port of the URL. */
  readonly port: number | null;
}

const PLACE = /^(?:\[([\da-fA-F:.]+)\]|([^\s/@?#:[\]]+))(?::(\d{1,5}))?$/;

/** `HOST`, `HOST:PORT`, `ADDRESS`, `[IPV6]:PORT` */
export const connectPlace: Kind<ConnectPlace> = scalar({
  placeholder: 'host:port',
  schema: { type: 'string', maxLength: 262 },
  parse(given): ConnectPlace {
    if (isIP(given) === 6) return { host: given, port: null };
    const match = PLACE.exec(given);
    const host = match?.[1] ?? match?.[2];
    if (match === null || host === undefined || given.length > 262)
      throw new ValueError(`${quote(redactUrl(given))} is not HOST or HOST:PORT, such as 10.0.0.7:8443`);
    if (match[1] !== undefined && isIP(match[1]) !== 6)
      throw new ValueError(`${quote(redactUrl(given))} has no IPv6 address in its brackets`);
    const port = match[3] === undefined ? null : Number(match[3]);
    if (port !== null && (port < 1 || port > 65_535))
      throw new ValueError(`${quote(redactUrl(given))} has a port out of range; it is one from 1 to 65535`);
    return { host, port };
  },
});
