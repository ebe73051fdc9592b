/**
 * Pages that the program itself serves beside its work: those of an exporter, and the metrics of a soak. Connections,
 * headers and the time of a request are bounded, and a page is an answer of a known length that nobody may keep.
 */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from '../core/errors.ts';
import { bracketed } from '../core/host.ts';
import type { ListenAddress } from '../options/values/listen-address.ts';

export interface RunningPages {
  readonly url: string;
  /** Resolves when nothing is open. */
  close(): Promise<void>;
}

export const TEXT = 'text/plain; charset=utf-8';

/** Most open connections: enough for scrapers and people, too few for a flood. */
const MAX_CONNECTIONS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;

/** @param flag whose address it is. @throws {StartError} when it cannot listen there */
export async function startPages(flag: string, listen: ListenAddress, handle: RequestListener): Promise<RunningPages> {
  const server = createServer(
    { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    handle,
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listening(server, listen, flag);
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${bracketed(address)}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

export function answer(res: ServerResponse, statusCode: number, contentType: string, text: string): void {
  res.writeHead(statusCode, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  // Node sends no body in answer to HEAD.
  res.end(text);
}

function listening(server: Server, { host, port }: ListenAddress, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const hint =
        error.code === 'EADDRINUSE'
          ? 'Choose another port, or :0 for any free one.'
          : 'Choose an address of this machine, and a port of 1024 or above.';
      reject(
        new StartError(
          `--${flag}: cannot listen on ${host === null ? '' : bracketed(host)}:${port} (${error.code ?? error.message})`,
          { cause: error, hint },
        ),
      );
    };
    server.once('error', onError);
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
