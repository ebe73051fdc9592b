/** The MCP project's own server, over either of its HTTP transports. */
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const PATHS = { streamableHttp: '/mcp', sse: '/sse' };
const TRIES = 5;

/**
 * It takes a port by the environment and cannot choose one itself: one that was free a moment ago, and another if it is
 * not any more.
 */
export async function startEverything(transport: keyof typeof PATHS): Promise<ServerProcess> {
  const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    try {
      return await startServerProcess({
        command: process.execPath,
        args: [program, transport],
        env: { PORT: String(port) },
        says: /(?:listening|running) on port (\d+)/,
        url: `http://127.0.0.1:${port}${PATHS[transport]}`,
      });
    } catch (error) {
      if (tries === TRIES || !String(error).includes('in use')) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
