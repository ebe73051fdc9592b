import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startProgram, runProgram } from '../support/program.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A stream with an event every 50 ms. @param port 0: a free one. @returns the port */
async function serve(port: number): Promise<number> {
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const timer = setInterval(() => res.write('data: x\n\n'), 50);
    res.on('close', () => clearInterval(timer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A URL at which nobody listens yet. */
async function nobodyYet(): Promise<{ url: string; port: number }> {
  const port = await serve(0);
  const server = servers.pop() as Server;
  await new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}/events`, port };
}

it.each([
  ['soak', ['--url', 'URL', '--clients=3', '--ramp=0s', '--duration=1s', '--settle=0s', '--mix=healthy=1'], 0],
  ['probe', ['URL', '--until=event', '--duration=10s'], 0],
  ['listen', ['URL', '--events=1'], 0],
])(
  '%s with --wait goes on as soon as its target accepts connections, and says once that it waits',
  async (command, args, code) => {
    const { url, port } = await nobodyYet();
    const program = startProgram([command, ...args.map((arg) => arg.replace('URL', url)), '--wait=30s']);
    await program.says(new RegExp(`waiting up to 30s for 127.0.0.1:${port} to accept a connection`));
    await serve(port);
    const outcome = await program.outcome;
    expect(outcome.code, outcome.stderr + outcome.stdout).toBe(code);
    expect(outcome.stderr.match(/waiting up to/g)).toHaveLength(1);
  },
);

it.each([
  ['soak', ['--url', 'URL'], 4, 'stderr'],
  ['probe', ['URL'], 2, 'stdout'],
  ['listen', ['URL'], 1, 'stderr'],
] as const)(
  '%s whose target accepts no connection in the time of --wait ends with its verdict on that',
  async (command, args, code, place) => {
    const { url, port } = await nobodyYet();
    const outcome = await runProgram([
      command,
      ...args.map((arg) => arg.replace('URL', url)),
      '--wait=300ms',
      '--quiet',
    ]);
    expect([outcome.code, outcome.stderr.includes('waiting up to')]).toEqual([code, false]);
    expect(outcome[place].replaceAll(/\s+/g, ' ')).toContain(
      `no connection was accepted within 300ms (connect ECONNREFUSED 127.0.0.1:${port})`,
    );
  },
);

it.each([
  ['soak', ['--url', 'URL']],
  ['probe', ['URL']],
  ['listen', ['URL']],
])('%s that waits for its target ends with 130 at Ctrl-C', async (command, args) => {
  const { url } = await nobodyYet();
  const program = startProgram([command, ...args.map((arg) => arg.replace('URL', url)), '--wait=1m']);
  await program.says(/waiting up to 1m for/);
  program.child.kill('SIGINT');
  expect((await program.outcome).code).toBe(130);
});
