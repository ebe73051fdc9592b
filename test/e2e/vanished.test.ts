import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTcpTable, TCP_STATE } from '../../src/machine/proc-net-tcp.ts';
import { childrenOf, isAlive } from '../support/children.ts';
import { root, runProgram, startProgram, type Outcome } from '../support/program.ts';
import { failures, parseReport, readReport } from '../support/soak-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-vanished-'));
beforeAll(() => chmod(folder, 0o777));
afterAll(() => rm(folder, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const ordinary = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
const inUserNamespace = ['unshare', '--user', '--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up'] as const;
/** As the one who runs the tests: root without a user namespace, everybody else with one. */
const hasNamespaces = isRoot ? works('unshare', '--net', 'ip', 'link', 'set', 'lo', 'up') : works(...inUserNamespace);
/** As nobody, where root can become that, nobody can read this checkout, and user namespaces are allowed. */
const hasOrdinaryUser =
  isRoot &&
  works(...ordinary, 'test', '-r', join(root, 'bin', 'sse-probe.js')) &&
  works(...ordinary, ...inUserNamespace);
const AS_ORDINARY_USER = { limits: `exec ${ordinary.join(' ')} "$0" "$@"` };
/** Root of a user namespace that allows no other, without the rights to set routes: where clients cannot vanish. */
const canForbid = works(
  'unshare',
  '--user',
  '--map-root-user',
  'setpriv',
  '--bounding-set=-sys_admin,-net_admin',
  'true',
);
const FORBIDDEN = {
  limits: `exec unshare --user --map-root-user sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-sys_admin,-net_admin "$0" "$@"' "$0" "$@"`,
};

const SHORT_LIFE = ['--server-arg=--heartbeat=500ms', '--server-arg=--evict-after=2s'];
const RUN = [
  'soak',
  '--clients',
  '150',
  '--ramp',
  '1s',
  '--duration',
  '10s',
  '--seed',
  '11',
  '--mix',
  'healthy=70,stalled=10,vanished=20',
];

/** The verdict of a run in which everything else is as it should be. */
function heldUp({ code, stdout, stderr }: Outcome): string {
  const report = parseReport(stdout);
  expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
  expect([code, stderr]).toEqual([0, '']);
  expect(report.clients.byKind['vanished']).toMatchObject({ planned: 30, connected: 30, dropped: 0, reconnects: 0 });
  expect(report.eviction).toMatchObject({ expected: 45, evicted: 45, missed: 0, notMeasured: 0 });
  // One that went between two looks has no time.
  expect(report.eviction.timeMs['count']).toBeGreaterThanOrEqual(40);
  // Nobody else notices.
  expect(report.clients).toMatchObject({ dropped: 0, refused: 0, reconnects: 0 });
  expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
  expect(report.heartbeat).toMatchObject({ late: 0, missing: 0 });
  expect(report.server.clientsAfter).toBe(0);
  return report.verdict;
}

describe.skipIf(!hasNamespaces)('vanished clients of a server of its own (needs network namespaces)', () => {
  it('vanished clients of a server of its own (needs network namespaces) are all evicted in time by the sound server, and nobody else notices', async () => {
    expect(heldUp(await runProgram([...RUN, ...SHORT_LIFE, '--json']))).toBe('pass');
  });

  it(
    'vanished clients of a server of its own (needs network namespaces) vanish from several load processes, too',
    { tags: ['long'] },
    async () => {
      expect(heldUp(await runProgram([...RUN, ...SHORT_LIFE, '--json', '--processes', '2']))).toBe('pass');
    },
  );

  it('vanished clients of a server of its own (needs network namespaces) are kept by the naive server, which is stale-client-kept', async () => {
    const { code, stdout } = await runProgram([...RUN, ...SHORT_LIFE, '--json', '--settle', '1s', '--fault', 'naive']);
    const report = parseReport(stdout);
    expect(failures(report)).toContain('stale-client-kept');
    expect([report.verdict, code]).toEqual(['fail', 1]);
    expect(report.eviction).toMatchObject({ evicted: 0, missed: 45, expected: 45 });
  });

  it('vanished clients of a server of its own (needs network namespaces) are no leak and no failure of a sound server when the run ends before anybody can judge', async () => {
    const { code, stdout } = await runProgram([
      'soak',
      '--clients',
      '40',
      '--ramp',
      '0s',
      '--duration',
      '3s',
      '--mix',
      'healthy=1,vanished=1',
      '--json',
    ]);
    const report = parseReport(stdout);
    expect([code, report.findings.map(({ id, severity }) => [id, severity])]).toEqual([0, [['not-measured', 'info']]]);
    expect(report.eviction).toMatchObject({ expected: 0, notMeasured: 20 });
    expect(report.server.clientsAfter).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'vanished clients of a server of its own (needs network namespaces) end on %s with the report so far, exit 130, and no process left',
    async (signal) => {
      const file = join(folder, `${signal}.json`);
      const running = startProgram([
        'soak',
        '--clients',
        '60',
        '--ramp',
        '0s',
        '--duration',
        '60s',
        '--mix',
        'healthy=1,vanished=1',
        '--report',
        `json=${file}`,
      ]);
      await running.says(/60\/60 clients/);
      const [inner] = childrenOf(running.child.pid ?? 0);
      const servers = childrenOf(inner ?? 0);
      expect(servers).toHaveLength(1);
      running.child.kill(signal);
      const { code } = await running.outcome;
      const report = readReport(file);
      expect([code, report.exitCode, report.interrupted]).toEqual([130, 130, true]);
      expect([inner as number, ...servers].filter(isAlive)).toEqual([]);
    },
  );

  it('vanished clients of a server of its own (needs network namespaces) do not outlive the process that somebody started', async () => {
    const running = startProgram([
      'soak',
      '--clients',
      '20',
      '--ramp',
      '0s',
      '--duration',
      '60s',
      '--mix',
      'healthy=1,vanished=1',
    ]);
    await running.says(/20\/20 clients/);
    const [inner] = childrenOf(running.child.pid ?? 0);
    const all = [inner as number, ...childrenOf(inner ?? 0)];
    running.child.kill('SIGKILL');
    const deadlineMs = performance.now() + 30_000;
    while (all.some(isAlive) && performance.now() < deadlineMs) await delay(50);
    expect(all.filter(isAlive)).toEqual([]);
  });

  it('vanished clients of a server of its own (needs network namespaces) pass on what the run says of a mistake, and its exit code', async () => {
    const { code, stdout, stderr } = await runProgram([...RUN, '--fault', 'no-such-fault']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^sse-probe: --fault: there is no fault "no-such-fault"\n {2}\S.*\n$/);
  });
});

describe.skipIf(!hasOrdinaryUser)('vanished clients of an ordinary user (tested as root, who can become one)', () => {
  it('vanished clients of an ordinary user (tested as root, who can become one) need no rights but user namespaces', async () => {
    expect(heldUp(await runProgram([...RUN, ...SHORT_LIFE, '--json'], AS_ORDINARY_USER))).toBe('pass');
  });

  it('vanished clients of an ordinary user (tested as root, who can become one) cannot vanish from a server that is there already: that is said in two lines, exit 2', async () => {
    const { code, stdout, stderr } = await runProgram(
      ['soak', '--url', 'http://127.0.0.1:9/events', '--mix', 'healthy=1,vanished=1'],
      AS_ORDINARY_USER,
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^sse-probe: vanished clients need their own route, which cannot be set: .*not permitted\n {2}.*CAP_NET_ADMIN.*--allow-degraded.*\n$/,
    );
  });
});

describe.skipIf(!canForbid)('where clients cannot vanish', () => {
  const few = [
    'soak',
    '--clients',
    '20',
    '--ramp',
    '0s',
    '--duration',
    '2s',
    '--settle',
    '1s',
    '--mix',
    'healthy=80,stalled=10,vanished=10',
  ];

  it('where clients cannot vanish the run is refused before anything is started, with what to do', async () => {
    const { code, stdout, stderr } = await runProgram(few, FORBIDDEN);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^sse-probe: vanished clients need their own network namespace, which cannot be created: .*\n {2}Run as root, or allow user namespaces.*--allow-degraded.*\n$/,
    );
  });

  it('where clients cannot vanish --allow-degraded makes them stalled clients, and the report says so', async () => {
    const { code, stdout } = await runProgram([...few, '--allow-degraded', '--json'], FORBIDDEN);
    const report = parseReport(stdout) as ReturnType<typeof parseReport> & {
      plan: { mix: Record<string, number> };
      degraded: string | null;
    };
    expect(code).toBe(0);
    expect(report.plan.mix).toMatchObject({ healthy: 80, stalled: 20, vanished: 0 });
    expect(report.clients.byKind['stalled']).toMatchObject({ planned: 4 });
    expect(report.degraded).toContain('vanished clients need their own network namespace');
    expect(report.findings.find(({ id }) => id === 'not-measured')?.evidence['degraded']).toBe(report.degraded);
  });
});

it('a target on another machine is refused before it is connected to', async () => {
  const { code, stdout, stderr } = await runProgram([
    'soak',
    '--url',
    'http://192.0.2.1/events',
    '--mix',
    'healthy=1,vanished=1',
  ]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^sse-probe: clients can vanish only on this machine's IPv4 loopback, and 192\.0\.2\.1 is not 127\.x\.x\.x\n/,
  );
});

const canRoute =
  isRoot &&
  works('ip', 'route', 'add', 'local', '127.65.0.0/28', 'dev', 'lo', 'table', 'local') &&
  works('ip', 'route', 'del', '127.65.0.0/28', 'table', 'local');

interface Foreign {
  url: string;
  /** The first address of the network that clients vanish from; null before one of them came. */
  network: () => string | null;
  close: () => void;
}

/** A server of somebody else, who throws out a client from a vanishing address by FIN, so long after it came. */
async function serve(evictAfterMs: number): Promise<Foreign> {
  const streams = new Set<ServerResponse>();
  const timers: NodeJS.Timeout[] = [];
  let network: string | null = null;
  const server = createServer((req, res) => {
    streams.add(res.writeHead(200, { 'Content-Type': 'text/event-stream' }));
    res.on('close', () => streams.delete(res));
    const [, prefix, last] = /^(127\.66\.\d+)\.(\d+)$/.exec(req.socket.remoteAddress ?? '') ?? [];
    if (prefix === undefined) return;
    network = `${prefix}.${Number(last) & ~15}`;
    timers.push(setTimeout(() => res.destroy(), evictAfterMs));
  });
  timers.push(
    setInterval(() => {
      for (const res of streams) res.write(': ping\n\n');
    }, 100),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    network: () => network,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The kind of the route to a network, as the kernel has it; null where there is none. */
function routeTo(network: string | null): string | null {
  const { stdout } = spawnSync('ip', ['route', 'show', 'table', 'local'], { encoding: 'utf8' });
  return (
    stdout
      .split('\n')
      .find((line) => line.includes(` ${network}/28 `))
      ?.split(' ', 1)[0] ?? null
  );
}

describe.skipIf(!canRoute)('vanished clients of a server that is there already (needs CAP_NET_ADMIN)', () => {
  it('vanished clients of a server that is there already (needs CAP_NET_ADMIN) count as evicted when the server says goodbye by FIN, and leave no route behind', async () => {
    const server = await serve(6000);
    const running = startProgram([
      'soak',
      '--url',
      server.url,
      '--clients',
      '40',
      '--ramp',
      '0s',
      '--duration',
      '12s',
      '--mix',
      'healthy=1,vanished=1',
      '--evict-within',
      '20s',
      '--json',
    ]);
    const orphans = new Set<string>();
    const kinds = new Set<string | null>();
    const port = Number(new URL(server.url).port);
    const watch = setInterval(() => {
      kinds.add(routeTo(server.network()));
      void readTcpTable(
        (row) => {
          // The server's end of it: a healthy client that leaves is in this state too, for a moment.
          if (row.state === TCP_STATE.finWait1 && row.localPort === port) orphans.add(String(row.remoteKey()));
        },
        { port },
      );
    }, 100);
    const { code, stdout } = await running.outcome;
    clearInterval(watch);
    const report = parseReport(stdout);
    server.close();
    expect([code, failures(report), report.clients.dropped]).toEqual([0, [], 0]);
    expect(report.eviction).toMatchObject({ expected: 20, evicted: 20, missed: 0, notMeasured: 0 });
    expect(orphans.size).toBe(20);
    expect(kinds).toContain('blackhole');
    expect(routeTo(server.network())).toBeNull();
  });

  it('vanished clients of a server that is there already (needs CAP_NET_ADMIN) leave no route behind when the run is stopped, however impatiently', async () => {
    const server = await serve(60_000);
    const running = startProgram([
      'soak',
      '--url',
      server.url,
      '--clients',
      '20',
      '--ramp',
      '0s',
      '--duration',
      '60s',
      '--mix',
      'healthy=1,vanished=1',
      '--quiet',
    ]);
    const deadlineMs = performance.now() + 30_000;
    while (routeTo(server.network()) !== 'blackhole' && performance.now() < deadlineMs) await delay(50);
    expect(routeTo(server.network())).toBe('blackhole');
    running.child.kill('SIGINT');
    running.child.kill('SIGINT');
    expect((await running.outcome).code).toBe(130);
    server.close();
    expect(routeTo(server.network())).toBeNull();
  });
});
