import { afterEach, expect, it } from 'vitest';
import { faults } from '../../../src/server/faults/registry.ts';
import { startProgram, type RunningProgram } from '../../support/program.ts';
import { PATIENCE, RawClient } from '../raw-client.ts';

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const AT_ONCE = 3;

async function listening(args: readonly string[]): Promise<RunningProgram & { port: number }> {
  const program = startProgram(['serve', '--port=0', ...args]);
  cleanups.push(() => program.child.kill('SIGKILL'));
  const [, port] = await program.says(/listening on http:\/\/127\.0\.0\.1:(\d+)\n/);
  return { ...program, port: Number(port) };
}

function client(port: number, options: { path?: string; paused?: boolean } = {}): RawClient {
  const made = new RawClient({ port, ...options });
  cleanups.push(() => made.destroy());
  return made;
}

/** With one client that reads and one that does not, in the middle of the stream. */
async function stopped(fault: string): Promise<unknown> {
  const server = await listening([
    `--fault=${fault}`,
    '--grace=1s',
    '--rate=20/s',
    '--heartbeat=100ms',
    '--max-fill=8MiB',
  ]);
  const reader = client(server.port);
  client(server.port, { path: '/events?fill=8388608', paused: true });
  await expect.poll(() => reader.text.length, PATIENCE).toBeGreaterThan(300);
  server.child.kill('SIGTERM');
  const { code, signal, stderr } = await server.outcome;
  // Beside the two addresses that every server says.
  return { fault, code, signal, complaints: stderr.replace(/^ {2}stream .*\n {2}dashboard .*\n/, '') };
}

it('a server with a fault, as a process ends on SIGTERM as the sound one does', async () => {
  const names = [...faults.keys()];
  for (let index = 0; index < names.length; index += AT_ONCE) {
    const batch = names.slice(index, index + AT_ONCE);
    const expected = batch.map((fault) => ({ fault, code: 0, signal: null, complaints: '' }));
    expect(await Promise.all(batch.map(stopped))).toEqual(expected);
  }
}, 180_000);

it('a server with a fault, as a process dies of crash with its stack once it has published to a client, and not before', async () => {
  const server = await listening(['--fault=crash', '--rate=10/s']);
  const one = client(server.port);
  const { code, signal, stderr } = await server.outcome;
  expect([code, signal]).toEqual([70, null]);
  expect(stderr).toContain('write EPIPE');
  await one.untilClosed();
  // 5 s of events and no farewell.
  expect(one.messagesOf('tick').length).toBeGreaterThan(30);
  expect(one.text).not.toContain('shutdown');
});
