/**
 * A tunnel through an HTTP proxy: CONNECT (RFC 9110, 9.3.6) on a connection that stands.
 *
 * Ours because the answer is a response head like any other, and the strict reader for those is here.
 */
import type { Socket } from 'node:net';
import type { Cause } from '../core/causes.ts';
import { HeadReader } from './head.ts';
import { authorityOf, type Proxy } from './proxy.ts';

export interface TunnelRefusal {
  cause: Cause;
  detail: string;
}

/**
 * Asks for a tunnel to `target` and calls `done` once, with what is in the way if something is.
 * Errors of the connection are the caller's to hear; nothing is called after them.
 */
export function openTunnel(
  connection: Socket,
  proxy: Proxy,
  target: { host: string; port: number },
  done: (refusal: TunnelRefusal | undefined) => void,
): void {
  const authority = authorityOf(target);
  const credentials = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  const reader = HeadReader.ofResponse();
  const finish = (refusal: TunnelRefusal | undefined): void => {
    connection.off('readable', read).off('end', end);
    done(refusal);
  };
  const end = (): void =>
    finish({ cause: 'eof-truncated', detail: 'the proxy closed the connection before its response was complete' });
  const read = (): void => {
    const bytes = connection.read() as Buffer | null;
    if (bytes === null) return;
    const at = reader.push(bytes, 0, bytes.length);
    if (reader.refusal !== undefined) finish({ ...reader.refusal, detail: `proxy: ${reader.refusal.detail}` });
    else if (reader.complete) finish(judge(reader, bytes.length - at));
  };
  connection.on('readable', read).on('end', end);
  connection.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, 'latin1');
}

function judge(reader: HeadReader, bytesBehind: number): TunnelRefusal | undefined {
  const { statusCode, statusText } = reader.head();
  // 9.3.6: "Any 2xx (Successful) response indicates that the sender … will switch to tunnel mode". For the
  // client, any other means that there is no connection: a network error, not an answer of the target.
  if (statusCode < 200 || statusCode > 299) {
    return { cause: 'refused', detail: `the proxy responded with ${statusCode} ${statusText}`.trimEnd() };
  }
  // Our side speaks first in HTTP and in TLS: nobody beyond the tunnel can have said anything yet.
  if (bytesBehind > 0) return { cause: 'http-protocol', detail: 'the proxy sent bytes after its response to CONNECT' };
  return undefined;
}
