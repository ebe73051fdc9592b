/**
 * Puts clients that heard the same into groups: a client joins the first group whose founder heard nearly the same set
 * of events while both had a stream, else it founds one.
 */

/** Two sets of events are the same when they have so large a share of both in common. */
export const ALIKE_SHARE = 0.7;

/** What one client heard. */
export interface Hearer {
  /** The first event, in the order in which they came, that its stream was open for. */
  readonly from: number;
  /** One bit for each event. */
  readonly heard: Uint32Array;
}

/** @returns the groups, the largest first */
export function groupsOf<Client extends Hearer>(clients: readonly Client[]): Client[][] {
  const groups: [Client, ...Client[]][] = [];
  for (const client of clients) {
    const group = groups.find(([founder]) => areAlike(founder, client));
    if (group === undefined) groups.push([client]);
    else group.push(client);
  }
  return groups.toSorted((one, other) => other.length - one.length);
}

function areAlike(one: Hearer, other: Hearer): boolean {
  const from = Math.max(one.from, other.from);
  let both = 0;
  let either = 0;
  for (let word = from >> 5; word < one.heard.length; word++) {
    const mask = word === from >> 5 ? -1 << (from & 31) : -1;
    const a = (one.heard[word] as number) & mask;
    const b = (other.heard[word] as number) & mask;
    both += bitsIn(a & b);
    either += bitsIn(a | b);
  }
  return either > 0 && both >= ALIKE_SHARE * either;
}

export function hasBit(bits: Uint32Array, at: number): boolean {
  return ((bits[at >> 5] as number) & (1 << (at & 31))) !== 0;
}

export function setBit(bits: Uint32Array, at: number): void {
  bits[at >> 5] = (bits[at >> 5] as number) | (1 << (at & 31));
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
