import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { networkIdentity } from '../../src/machine/network-identity.ts';

const LINK = '/proc/self/ns/net';

function linkIn(command: string, ...args: string[]): string | null {
  try {
    return execFileSync(command, [...args, 'readlink', LINK], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}

const here = linkIn('env');
/** Not everybody may make a network of its own. */
const apart = linkIn('unshare', '--user', '--map-root-user', '--net');

it.skipIf(here === null)('two processes with the same network have the same identity', () => {
  expect(networkIdentity()).toBe(networkIdentity());
  expect(networkIdentity().endsWith(here ?? '')).toBe(true);
});

it.skipIf(apart === null)('a process with a network of its own has another identity', () => {
  expect(networkIdentity().endsWith(apart ?? '')).toBe(false);
});
