/** The table of sizes in docs/scale.md follows from what the program itself asks of a machine. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { neededMemoryBytes } from '../../src/soak/capacity.ts';
import { tableRows } from '../support/markdown-tables.ts';

const page = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');
const CAPACITY = 18_000;
const STALLED_SHARE = 0.02;
const PORTS = { default: 28_232, wide: 64_512 };
const OTHER_PORTS = 1000;
/** The benchmark's event, and the headers of Ethernet, IP and TCP with timestamps. */
const BYTES_AN_EVENT = 150 + 66;
const GIB = 2 ** 30;

/** The cells behind the first one, whose text begins with the name. */
function row(name: string): string[] {
  return (
    tableRows(page)
      .find(([first]) => first?.startsWith(name))
      ?.slice(1) ?? []
  );
}

it.each([
  [0, 10_000],
  [1, 100_000],
  [2, 1_000_000],
])('column %i of the sizes in docs/scale.md is what %i clients take', (column, clients) => {
  const workers = Math.ceil(clients / CAPACITY);
  const memory = (tls: boolean): string => {
    const stalled = clients * STALLED_SHARE;
    const bytes = neededMemoryBytes({ clients, stalled, processes: workers, tls, embedded: false, fillBytes: 0 });
    return `${(bytes / GIB).toFixed(1)} GiB`;
  };
  const machines = (ports: number): string => String(Math.ceil(workers / Math.floor((ports - OTHER_PORTS) / CAPACITY)));
  const cell = (name: string): string | undefined => row(name)[column];
  expect({
    workers: cell('workers of 18,000 clients'),
    processors: cell('processors of all workers'),
    memory: cell('memory of all workers'),
    withTls: cell('the same with TLS'),
    narrow: cell('machines, default port range'),
    wide: cell('machines, wide port range'),
    network: cell('network, received by all workers'),
  }).toEqual({
    workers: String(workers),
    processors: `${(clients * 6) / 1e6}–${(clients * 9) / 1e6}`,
    memory: memory(false),
    withTls: memory(true),
    narrow: machines(PORTS.default),
    wide: machines(PORTS.wide),
    network: megabits((clients * BYTES_AN_EVENT * 8) / 1e6),
  });
});

function megabits(value: number): string {
  return value < 1000 ? `${Math.round(value)} Mbit/s` : `${(value / 1000).toFixed(1)} Gbit/s`;
}
