/**
 * Address and port of one end of a connection, as one value that can be compared: what finds a socket's row in the
 * kernel's tables (proc-net-tcp.ts), which print addresses in words as the machine holds them.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { endianness } from 'node:os';

/** Address and port as one comparable value. An IPv4-mapped IPv6 address equals the IPv4 one. */
export type EndpointKey = number | string;

const IS_LITTLE_ENDIAN = endianness() === 'LE';
/** The prefix ::ffff: of an IPv4-mapped address. */
export const MAPPED_WORD: number = IS_LITTLE_ENDIAN ? 0xffff0000 : 0x0000ffff;

/**
 * Address and port of a socket in the form that rows give.
 * @throws {TypeError} when `address` is no IP address
 */
export function endpointKey(address: string, port: number): EndpointKey {
  if (isIPv4(address)) return word(address.split('.').map(Number)) * 65_536 + port;
  const zone = address.indexOf('%');
  const bare = zone === -1 ? address : address.slice(0, zone);
  if (!isIPv6(bare)) throw new TypeError(`${JSON.stringify(address)} is no IP address`);
  const words = ipv6Words(bare);
  if (words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD) return (words[3] as number) * 65_536 + port;
  return `${words
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase()}:${port}`;
}

function word(bytes: number[]): number {
  return (IS_LITTLE_ENDIAN ? bytes.toReversed() : bytes).reduce((value, byte) => value * 256 + byte, 0);
}

// The URL parser brings every spelling to groups of hex digits, dotted tails included (URL standard, 3.5).
function ipv6Words(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  const words: number[] = [];
  for (let index = 0; index < 8; index += 2) {
    const high = groups[index] as number;
    const low = groups[index + 1] as number;
    words.push(word([high >> 8, high & 255, low >> 8, low & 255]));
  }
  return words;
}
