/** Where pages of the program itself are served: those of an exporter, and the metrics of a soak. */
import { bracketed } from '../../core/host.ts';
import { quote } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

/** An address to listen on. */
export interface ListenAddress {
  /** Address to listen on; null for every address of this machine. */
  readonly host: string | null;
  readonly port: number;
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([^\s/@?#:[\]]+))?:(\d{1,5})$/;

/** `:9099`, `127.0.0.1:9099`, `[::1]:9099` */
export const listenAddress: Kind<ListenAddress> = scalar({
  placeholder: 'host:port',
  schema: { type: 'string', pattern: ADDRESS.source },
  show: ({ host, port }) => `${host === null ? '' : bracketed(host)}:${port}`,
  parse(given) {
    const match = ADDRESS.exec(given);
    if (match === null)
      throw new ValueError(`${quote(redactUrl(given))} is not HOST:PORT or :PORT, such as 127.0.0.1:9099`);
    const port = Number(match[3]);
    if (port > 65_535) throw new ValueError(`${quote(redactUrl(given))} has a port out of range; the most is 65535`);
    return { host: match[1] ?? match[2] ?? null, port };
  },
});
