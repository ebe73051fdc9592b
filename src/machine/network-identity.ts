/**
 * Which network stack a process uses: two with the same text reach the same loopback, and see the same table of
 * connections. Containers of one machine have different ones.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export function networkIdentity(): string {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId} ${readlinkSync('/proc/self/ns/net')}`;
  } catch {
    // Only Linux has these.
    return hostname();
  }
}
