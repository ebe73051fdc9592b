/**
 * How far an IP address reaches: what decides whether a load may be aimed at it, and whether a redirect may lead
 * there. Judged by the address and never by a name: anybody can let a name point anywhere.
 *
 * It refuses to know which hosts belong to whom: a public address of the user's own is public. The ranges for
 * documentation (RFC 5737, RFC 3849), where nobody lives, are public too, so that they are loaded least.
 */
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../core/loopback.ts';
import { embeddedAddresses } from './embedded-address.ts';

export type AddressScope = 'loopback' | 'link-local' | 'private' | 'public';

const unspecified = new BlockList();
// RFC 1122, 3.2.1.3: "this host on this network"; a connection to it comes back to this machine.
unspecified.addSubnet('0.0.0.0', 8, 'ipv4');
unspecified.addAddress('::', 'ipv6');

const linkLocal = new BlockList();
// RFC 3927; the metadata services of cloud machines live here.
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
// RFC 4291, 2.5.6
linkLocal.addSubnet('fe80::', 10, 'ipv6');

const privateUse = new BlockList();
// RFC 1918
privateUse.addSubnet('10.0.0.0', 8, 'ipv4');
privateUse.addSubnet('172.16.0.0', 12, 'ipv4');
privateUse.addSubnet('192.168.0.0', 16, 'ipv4');
// RFC 6598: behind a provider's address translation.
privateUse.addSubnet('100.64.0.0', 10, 'ipv4');
// RFC 2544: laboratories that measure; RFC 6890: assignments of the IETF's own protocols.
privateUse.addSubnet('198.18.0.0', 15, 'ipv4');
privateUse.addSubnet('192.0.0.0', 24, 'ipv4');
// RFC 5771 and RFC 1112, 4: multicast, and what is reserved, of which some networks make private addresses.
privateUse.addSubnet('224.0.0.0', 3, 'ipv4');
// RFC 4193; RFC 3879: site-local addresses, which old networks still have; RFC 8215: the network's own translator.
privateUse.addSubnet('fc00::', 7, 'ipv6');
privateUse.addSubnet('fec0::', 10, 'ipv6');
privateUse.addSubnet('64:ff9b:1::', 48, 'ipv6');
// RFC 4291, 2.7: multicast.
privateUse.addSubnet('ff00::', 8, 'ipv6');

/** The nearest first. */
const NEAREST_FIRST: readonly AddressScope[] = ['loopback', 'link-local', 'private', 'public'];

/**
 * The scope of an address, or of a name that somebody else looks up (a proxy): then it counts as public, the scope that
 * may be loaded least.
 */
export function scopeOfHost(host: string): AddressScope {
  return isIP(host.split('%', 1)[0] ?? '') === 0 ? 'public' : scopeOf(host);
}

/**
 * @param address IPv4, or IPv6 without brackets; one that holds an IPv4 address (`::ffff:127.0.0.1`, `64:ff9b::7f00:1`)
 * reaches as far as the nearer of both.
 * @throws {Error} for what is no IP address: a name has to be resolved first
 */
export function scopeOf(address: string): AddressScope {
  const [bare = ''] = address.split('%', 1);
  const version = isIP(bare);
  if (version === 0) throw new Error(`scopeOf() was given ${JSON.stringify(address)}, which is no IP address`);
  if (version === 4) return scopeOfWritten(bare, 'ipv4');
  const scopes = [scopeOfWritten(bare, 'ipv6'), ...embeddedAddresses(bare).map((held) => scopeOfWritten(held, 'ipv4'))];
  return NEAREST_FIRST.find((scope) => scopes.includes(scope)) ?? 'public';
}

function scopeOfWritten(address: string, family: 'ipv4' | 'ipv6'): AddressScope {
  if (isLoopback(address) || unspecified.check(address, family)) return 'loopback';
  if (linkLocal.check(address, family)) return 'link-local';
  return privateUse.check(address, family) ? 'private' : 'public';
}
