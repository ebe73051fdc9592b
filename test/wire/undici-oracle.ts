import type { Socket } from 'node:net';
import { Client } from 'undici';
import { afterRequest, RawServer } from './raw-server.ts';

/** What undici made of a response. */
export interface OracleOutcome {
  head: { statusCode: number; statusText: string; headers: Record<string, string> } | undefined;
  body: string;
  end: 'done' | 'failed';
  /** Why it failed, in undici's words. */
  reason: string;
}

/** Reads bytes through a real connection with undici: an HTTP/1.1 parser that many have tested, and not ours. */
export class UndiciOracle {
  private readonly server: RawServer;
  private pieces: Buffer[] = [];

  private constructor(server: RawServer) {
    this.server = server;
  }

  static async start(): Promise<UndiciOracle> {
    const server = await RawServer.start((socket) => {
      afterRequest(socket, () => sendInTurn(socket, oracle.pieces));
    });
    const oracle = new UndiciOracle(server);
    return oracle;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** Sends `bytes` in pieces that end at `cuts`, then FIN, and tells what undici read. */
  async read(bytes: Buffer, cuts: readonly number[]): Promise<OracleOutcome> {
    const ends = [...cuts, bytes.length];
    this.pieces = ends.map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end)).filter((piece) => piece.length > 0);
    const client = new Client(`http://127.0.0.1:${this.server.port}`, { bodyTimeout: 0, headersTimeout: 0 });
    const outcome = await new Promise<OracleOutcome>((resolve) => {
      const parts: Buffer[] = [];
      let head: OracleOutcome['head'];
      const end = (how: OracleOutcome['end'], reason: string): void => {
        resolve({ head, body: Buffer.concat(parts).toString('latin1'), end: how, reason });
      };
      client.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart() {},
          onResponseStart(controller, statusCode, _headers, statusText) {
            // undici tells of interim responses too.
            if (statusCode < 200) return;
            head = { statusCode, statusText: statusText ?? '', headers: joined(controller.rawHeaders as Buffer[]) };
          },
          onResponseData(_controller, chunk) {
            parts.push(Buffer.from(chunk));
          },
          onResponseEnd: () => end('done', ''),
          onResponseError: (_controller, error) => end('failed', error.message),
        },
      );
    });
    await client.destroy();
    return outcome;
  }
}

/** Each piece in a turn of its own, then FIN. The pieces are this connection's: undici may have left it early. */
function sendInTurn(socket: Socket, [piece, ...rest]: readonly Buffer[]): void {
  if (piece === undefined) {
    socket.end();
    return;
  }
  socket.write(piece, () => setImmediate(() => sendInTurn(socket, rest)));
}

/** undici keeps names and values as the bytes they were, in turn. */
function joined(rawHeaders: readonly Buffer[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as Buffer).toString('latin1').toLowerCase();
    const value = (rawHeaders[at + 1] as Buffer).toString('latin1');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}
