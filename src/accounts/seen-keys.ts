/**
 * Which events a load process has heard at all, in 128 KiB however many there were: a Bloom filter, so that now and then
 * one counts as heard that was not, which accuses nobody.
 */
import type { AudienceEvent } from './audience-record.ts';

const BITS = 2 ** 20;
const PROBES = 3;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** What stands for the name of an event in all processes: 64 bits of it in hexadecimal digits. */
export function shortKey(name: string): AudienceEvent['key'] {
  let one = FNV_OFFSET;
  let other = FNV_PRIME;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    one = Math.imul(one ^ code, FNV_PRIME);
    other = Math.imul(other ^ code, 0x5bd1e995) ^ (other >>> 15);
  }
  return hex(one) + hex(other);
}

export class SeenKeys {
  private readonly bits: Uint8Array;

  constructor(bits: Uint8Array = new Uint8Array(BITS / 8)) {
    this.bits = bits;
  }

  static fromText(text: string): SeenKeys {
    return new SeenKeys(Buffer.from(text, 'base64'));
  }

  add(key: string): void {
    for (const bit of probesOf(key)) this.bits[bit >> 3] = (this.bits[bit >> 3] as number) | (1 << (bit & 7));
  }

  has(key: string): boolean {
    return probesOf(key).every((bit) => ((this.bits[bit >> 3] as number) & (1 << (bit & 7))) !== 0);
  }

  toText(): string {
    return Buffer.from(this.bits).toString('base64');
  }
}

function probesOf(key: string): number[] {
  const one = Number.parseInt(key.slice(0, 8), 16);
  const other = Number.parseInt(key.slice(8), 16);
  return Array.from({ length: PROBES }, (_none, probe) => (one + probe * other) % BITS);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
