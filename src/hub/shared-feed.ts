/**
 * A hub's part in a feed of several: it enters what comes from the backplane into the ring, under the log's numbers, and
 * asks for it to be delivered.
 */
import { UsageError } from '../core/errors.ts';
import type { Backplane, BackplaneEntry } from './backplane.ts';
import { type Block, encodeBlock } from './block.ts';
import type { Connection } from './connection.ts';
import type { PublishedEvent } from './hub-client.ts';
import { encodedEvent } from './encoded-event.ts';
import { missedBlock } from './messages.ts';
import type { ReplayRing } from './replay.ts';

export interface SharedFeed {
  ring: ReplayRing;
  clients: ReadonlyMap<string, Connection>;
}

/** Takes up what the backplane keeps, and follows it from there. */
export function join(backplane: Backplane, feed: SharedFeed, deliver: (block: Block) => void): void {
  const { life, nextSeq, kept } = backplane.start;
  feed.ring.restart(life, kept[0]?.seq ?? nextSeq);
  for (const entry of kept) enter(entry, feed);
  backplane.follow((entry) => deliver(enter(entry, feed)));
}

/** Resolves with the event's id when the backplane has it. */
export async function append(event: PublishedEvent, backplane: Backplane, ring: ReplayRing): Promise<string> {
  // What cannot be published is refused here, before any hub has it.
  encodedEvent(event, ring);
  const { life, seq } = await backplane.append(event);
  return event.id ?? `${life}-${seq}`;
}

/** Enters the entry. A hole before it becomes a stretch that is no longer kept, which clients are told of. */
function enter(entry: BackplaneEntry, { ring, clients }: SharedFeed): Block {
  const { life, seq, event } = entry;
  if (life !== ring.ids.life) beginLife(life, ring, clients);
  if (seq > ring.nextSeq) ring.skipTo(seq);
  const ownId = event.id ?? null;
  const block = blockOf(entry);
  ring.push(block, ownId === '' ? null : ownId);
  return block;
}

/** Anybody who can reach the log can write to it. What is no event keeps its number, and shows as a comment. */
function blockOf({ life, seq, event }: BackplaneEntry): Block {
  try {
    return encodeBlock({ id: event.id ?? `${life}-${seq}`, event: event.event, data: event.data });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return encodeBlock({ comment: 'an entry that is no event' });
  }
}

/**
 * The log began anew. Clients that are at the head are told so; a client with something waiting is reset, and is told
 * when it comes back.
 */
function beginLife(life: string, ring: ReplayRing, clients: ReadonlyMap<string, Connection>): void {
  const { nextSeq: from } = ring;
  const { life: earlier } = ring.ids;
  const notice = missedBlock({ from, to: null, reason: 'earlier-life', life: earlier });
  const [atHead, behind]: [Connection[], Connection[]] = [[], []];
  for (const client of clients.values()) (client.blocked || client.cursor !== from ? behind : atHead).push(client);
  for (const client of behind) client.close('closed', 'reset');
  ring.restart(life, 1);
  for (const client of atHead) {
    client.cursor = 1;
    client.send(notice);
  }
}
