import { onTestFinished } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import type { ServerOptions } from '../../src/server/server-options.ts';
import { RawClient, type RawClientOptions } from './raw-client.ts';

/** A server that publishes nothing by itself, closed after the test. */
export async function serve(options: ServerOptions = {}): Promise<RunningServer> {
  const server = await startServer({ ratePerSecond: 0, ...options });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server;
}

/** A client of it, destroyed after the test. */
export function client(options: RawClientOptions): RawClient {
  const made = new RawClient(options);
  onTestFinished(() => made.destroy());
  return made;
}

export async function connected(options: RawClientOptions): Promise<RawClient> {
  const made = client(options);
  await made.untilConnected();
  return made;
}

export async function ask(port: number, path: string, more: Partial<RawClientOptions> = {}): Promise<RawClient> {
  const made = client({ ...more, port, path, headers: { Connection: 'close', ...more.headers } });
  await made.untilClosed();
  return made;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
