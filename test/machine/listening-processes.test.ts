import { createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listeningProcesses } from '../../src/machine/listening-processes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(options: ListenOptions): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(options, resolve);
  });
  return (server.address() as AddressInfo).port;
}

const FOUND = { sockets: 1, pids: [process.pid], unheld: 0, unheldBy: null };
const NOBODY = { sockets: 0, pids: [], unheld: 0, unheldBy: null };

describe.runIf(process.platform === 'linux')('the processes that listen', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['127.0.0.2', '127.0.0.2'],
    ['::1', '::1'],
    ['::1', '::'],
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', '127.8.9.10'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
  ])('the processes that listen at %s are found for %s', async (host, address) => {
    expect(await listeningProcesses(address, await listen({ host, port: 0 }))).toEqual(FOUND);
  });

  it.each([
    ['127.0.0.1', '127.0.0.2'],
    ['127.0.0.1', '::1'],
    ['0.0.0.0', '::1'],
    ['::1', '127.0.0.1'],
  ])('the processes that listen at %s are not those of %s', async (host, address) => {
    expect(await listeningProcesses(address, await listen({ host, port: 0 }))).toEqual(NOBODY);
  });

  it('the processes that listen at a wildcard of the other family are not taken where one of the own family is there', async () => {
    const port = await listen({ host: '::', port: 0, ipv6Only: true });
    await listen({ host: '0.0.0.0', port });
    expect(await listeningProcesses('127.0.0.1', port)).toEqual(FOUND);
    expect(await listeningProcesses('::1', port)).toEqual(FOUND);
  });

  it('the processes that listen are none where the server has closed its socket', async () => {
    const port = await listen({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => {
      servers.pop()?.close(resolve);
    });
    expect(await listeningProcesses('127.0.0.1', port)).toEqual(NOBODY);
  });
});
