/**
 * A false alarm is as bad as a miss: a server that does everything right is accused of nothing, whatever its dialect.
 */
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { startServerProcess } from '../support/server-process.ts';
import { failures } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const SERVER = fileURLToPath(new URL('../support/sound-server.mjs', import.meta.url));
/** Every kind, and of the difficult ones far more than the default has. */
const SOAK = [
  '--clients',
  '48',
  '--ramp',
  '1s',
  '--duration',
  '9s',
  '--settle',
  '1s',
  '--seed',
  '5',
  '--json',
  '--mix',
  'healthy=36,slow=3,stalled=3,abrupt=3,resuming=3',
  '--heartbeat-within',
  '5s',
  '--evict-within',
  '7s',
];

const ACCOUNTS = ['lost', 'duplicated', 'reordered', 'resumeLost', 'resumeDuplicated', 'malformed'] as const;

interface Dialect {
  name: string;
  title: string;
  /** Events that each client hears a second. */
  perSecond: number;
  /** The events say their number and their time. */
  numbered: boolean;
  /** So much is sent that those who stall show within the run. */
  evicts?: boolean;
}

const dialects: Dialect[] = [
  { name: 'usual', title: 'comments as heartbeats', perSecond: 4, numbered: true },
  { name: 'event-heartbeats', title: 'events as heartbeats', perSecond: 4, numbered: true },
  { name: 'no-heartbeats', title: 'no heartbeats, since events flow', perSecond: 4, numbered: true },
  { name: 'crlf', title: 'CRLF as line ends', perSecond: 4, numbered: true },
  { name: 'cr', title: 'CR as line ends', perSecond: 4, numbered: true },
  { name: 'cut-anywhere', title: 'bytes cut anywhere', perSecond: 4, numbered: true },
  { name: 'multi-line-data', title: 'data of many lines', perSecond: 4, numbered: true },
  { name: 'no-ids', title: 'no ids', perSecond: 4, numbered: false },
  { name: 'uuid-ids', title: 'UUIDs as ids', perSecond: 4, numbered: false },
  { name: 'repeated-ids', title: 'one id on all events of a stream', perSecond: 4, numbered: false },
  { name: 'bursts', title: 'bursts of 50 events', perSecond: 25, numbered: true },
  { name: 'large-events', title: 'events of 64 KB', perSecond: 2, numbered: true, evicts: true },
  { name: 'slow-start', title: 'a slow start', perSecond: 4, numbered: true },
  { name: 'garbage-sawtooth', title: 'a garbage collector that has 200 MB to collect', perSecond: 4, numbered: true },
];

describe.concurrent('a sound server', { timeout: 120_000 }, () => {
  it.for(dialects)(
    'a sound server with $title is accused of nothing',
    async ({ name, perSecond, numbered, evicts = false }, { expect }) => {
      const server = await startServerProcess({ command: process.execPath, args: [SERVER, name] });
      try {
        const { report, code } = await undisturbed([
          'soak',
          '--url',
          server.url,
          '--server-pid',
          String(server.pid),
          ...SOAK,
        ]);
        expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual([]);
        expect([report.verdict, code], JSON.stringify(report.findings, null, 1)).toEqual(['pass', 0]);
        expect(report.clients).toMatchObject({ planned: 48, connected: 48, dropped: 0, refused: 0 });
        for (const count of ACCOUNTS) {
          // Without a number in the events, null says that it was not measured.
          expect(report.events[count] ?? (numbered ? null : 0), count).toBe(0);
        }
        // It was looked at: nine seconds for most of them; on a busy machine its own timers fire that much more seldom.
        expect(report.events['received']).toBeGreaterThan(36 * perSecond);
        expect(report.heartbeat.missing).toBe(0);
        expect(report.server.source).toBe('pid');
        if (numbered) expect(report.latencyMs['count']).toBeGreaterThan(36 * perSecond);
        if (evicts) expect(report.eviction).toMatchObject({ expected: 3, evicted: 3, missed: 0, notMeasured: 0 });
        expect(await (await fetch(new URL('/clients', server.url))).text()).toBe('0');
      } finally {
        await server.stop();
      }
    },
  );
});
