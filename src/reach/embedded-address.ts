/**
 * IPv4 addresses that stand inside IPv6 addresses: who connects to the one reaches the other, through a translator or a
 * tunnel that the network has. So the scope of such an address is that of what it holds, however global its prefix is.
 *
 * It refuses to know where a translator stands: prefixes that an operator chose from its own addresses cannot be told
 * from any other address.
 */
import { isIPv4 } from 'node:net';

/** Where an address is found: 16-bit groups of the prefix, and which two groups hold the IPv4 address. */
interface Embedding {
  readonly prefix: readonly number[];
  /** Index of the first group of the IPv4 address. */
  readonly at: number;
  /** The bits of the address are inverted. */
  readonly isInverted?: true;
}

const EMBEDDINGS: readonly Embedding[] = [
  // RFC 4291, 2.5.5: IPv4-compatible and IPv4-mapped. RFC 2765, 2.1: IPv4-translated.
  { prefix: [0, 0, 0, 0, 0, 0], at: 6 },
  { prefix: [0, 0, 0, 0, 0, 0xffff], at: 6 },
  { prefix: [0, 0, 0, 0, 0xffff, 0], at: 6 },
  // RFC 6052, 2.1: NAT64 by the prefix that everybody knows.
  { prefix: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 },
  // RFC 3056, 2: 6to4.
  { prefix: [0x2002], at: 1 },
  // RFC 4380, 4: Teredo; the server's address, and the client's with its bits turned.
  { prefix: [0x2001, 0], at: 2 },
  { prefix: [0x2001, 0], at: 6, isInverted: true },
];

/** @param address IPv6 without brackets and zone. @returns the IPv4 addresses that it stands for; none for most */
export function embeddedAddresses(address: string): string[] {
  const groups = groupsOf(address);
  // `::` and `::1` are addresses of their own (RFC 4291, 2.5.2 and 2.5.3).
  if (groups.slice(0, 7).every((group) => group === 0)) return [];
  return EMBEDDINGS.filter(({ prefix }) => prefix.every((group, at) => groups[at] === group)).map(
    ({ at, isInverted }) => dotted([groups[at] ?? 0, groups[at + 1] ?? 0], isInverted === true ? 0xffff : 0),
  );
}

function dotted(groups: readonly number[], mask: number): string {
  return groups.flatMap((group) => [(group ^ mask) >> 8, (group ^ mask) & 0xff]).join('.');
}

/** The eight groups of 16 bits. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::', 2);
  const before = written(head);
  if (tail === undefined) return before;
  const after = written(tail);
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function written(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!isIPv4(group)) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
