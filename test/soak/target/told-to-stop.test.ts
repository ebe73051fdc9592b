import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { stoppableServer } from '../../../src/soak/target/told-to-stop.ts';

/** A process that listens, and what it was sent. */
const LISTENER = `
const server = require('node:http').createServer((_req, res) => res.end());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('SIGTERM', () => process.exit(0));
`;

describe.runIf(process.platform === 'linux')('the process that a plan tells to stop', () => {
  it('is the one that listens, is sent SIGTERM once, and is known to have ended', async () => {
    const child = spawn(process.execPath, ['-e', LISTENER]);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(said.toString());
    const server = await stoppableServer(child.pid as number, { address: '127.0.0.1', port });
    expect([server.pid, server.hasEnded()]).toEqual([child.pid, false]);
    const ended = once(child, 'exit');
    expect(server.tellToStop()).toBeNull();
    expect(await ended).toEqual([0, null]);
    expect([server.hasEnded(), server.tellToStop()]).toEqual([true, 'the process had ended before']);
  });

  it('is no process that does not listen there: the one that does is named, and nobody is told', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    await expect(stoppableServer(process.ppid, { address: '127.0.0.1', port })).rejects.toThrow(
      new RegExp(
        `^--incident: process ${process.ppid}, the target of sigterm, does not listen on 127\\.0\\.0\\.1:${port}; process ${process.pid} \\(.+\\) does$`,
      ),
    );
    server.close();
  });

  it('is none at a port where nobody listens', async () => {
    await expect(stoppableServer(process.pid, { address: '127.0.0.1', port: 1 })).rejects.toThrow(
      /does not listen on 127\.0\.0\.1:1$/,
    );
  });
});
