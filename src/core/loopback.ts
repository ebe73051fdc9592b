/**
 * What reaches this machine and nobody else, by name or by address: RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3.
 *
 * The unspecified addresses are left out: to listen on 0.0.0.0 is to listen everywhere. That a connection to one comes
 * back to this machine is a question of scope (`reach/address-scope`).
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { withoutBrackets } from './host.ts';

const addresses = new BlockList();
addresses.addSubnet('127.0.0.0', 8, 'ipv4');
addresses.addAddress('::1', 'ipv6');

/**
 * @param host name or address; IPv6 with brackets or without, one that is mapped (`::ffff:127.0.0.1`) is what it stands
 * for
 */
export function isLoopback(host: string): boolean {
  const [bare = ''] = withoutBrackets(host).split('%', 1);
  const version = isIP(bare);
  return version === 0 ? isLocalhost(bare) : addresses.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** `localhost` and every name below it. */
export function isLocalhost(name: string): boolean {
  return /(?:^|\.)localhost$/i.test(name);
}

/** One of the 16 million addresses 127.x.x.x, each of which can be a source address too. */
export function isIPv4Loopback(address: string): boolean {
  return isIPv4(address) && address.startsWith('127.');
}

/** Whether a host is this machine, so that its clock is ours: by name or by one of its own addresses. */
export function isThisMachine(host: string): boolean {
  const bare = withoutBrackets(host);
  return (
    isLoopback(host) || Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === bare))
  );
}
