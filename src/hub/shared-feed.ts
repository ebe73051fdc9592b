/**
 * A hub's part in a feed of several: it enters what comes from the backplane into the ring, under the log's numbers, and
 * asks for it to be delivered.
 */
import { UsageError } from '../core/errors.ts';
import { AheadClients } from './ahead-clients.ts';
import type { Backplane, BackplaneEntry } from './backplane.ts';
import { type Block, encodeBlock } from './block.ts';
import type { Connection } from './connection.ts';
import { encodedEvent } from './encoded-event.ts';
import type { PublishedEvent } from './hub-client.ts';
import { missedBlock } from './messages.ts';
import type { ReplayRing } from './replay.ts';

export class SharedFeed {
  readonly #backplane: Backplane;
  readonly #ring: ReplayRing;
  readonly #clients: ReadonlyMap<string, Connection>;
  /** Clients that have read more than this hub. */
  readonly ahead: AheadClients;

  /**
   * Takes up what the backplane keeps, and follows it from there.
   * @param deliver called for each event that the ring has newly at its head
   */
  constructor(
    backplane: Backplane,
    ring: ReplayRing,
    clients: ReadonlyMap<string, Connection>,
    deliver: (block: Block) => void,
  ) {
    this.#backplane = backplane;
    this.#ring = ring;
    this.#clients = clients;
    this.ahead = new AheadClients(backplane, ring);
    const { life, nextSeq, kept } = backplane.start;
    ring.restart(life, kept[0]?.seq ?? nextSeq);
    for (const entry of kept) this.#enter(entry);
    backplane.follow({
      onLife: (next) => this.#beginLife(next),
      onEntry: (entry) => {
        deliver(this.#enter(entry));
        this.ahead.readOn();
      },
    });
  }

  /** Resolves with the event's id when the backplane has it. */
  async append(event: PublishedEvent): Promise<string> {
    // What cannot be published is refused here, before any hub has it.
    encodedEvent(event, this.#ring);
    const { life, seq } = await this.#backplane.append(event);
    return event.id ?? `${life}-${seq}`;
  }

  close(): void {
    this.ahead.stop();
    this.#backplane.close();
  }

  /** Enters the entry. A hole before it becomes a stretch that is no longer kept, which clients are told of. */
  #enter({ life, seq, event }: BackplaneEntry): Block {
    const ring = this.#ring;
    if (life !== ring.ids.life) this.#beginLife(life);
    if (seq > ring.nextSeq) ring.skipTo(seq);
    const ownId = ownIdOf(event, ring);
    const block = blockOf(event, ownId ?? ring.ids.of(seq));
    ring.push(block, ownId);
    return block;
  }

  /**
   * The log began anew. Clients that are at the head are told so; a client with something waiting is reset, and is told
   * when it comes back.
   */
  #beginLife(life: string): void {
    const from = this.#ring.nextSeq;
    const notice = missedBlock({ from, to: null, reason: 'earlier-life', life: this.#ring.ids.life });
    const [atHead, behind]: [Connection[], Connection[]] = [[], []];
    for (const client of this.#clients.values())
      (client.blocked || client.cursor !== from ? behind : atHead).push(client);
    for (const client of behind) client.close('closed', 'reset');
    this.#ring.restart(life, 1);
    for (const client of atHead) client.goOnFrom(1, notice);
  }
}

/** The publisher's id; null where there is none, or one that would lead clients astray: then the log's stands for it. */
function ownIdOf(event: PublishedEvent | null, { ids }: ReplayRing): string | null {
  if (event?.id === undefined) return null;
  try {
    ids.check(event.id);
    return event.id;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Anybody who can reach the log can write to it. What is no event keeps its number, and shows as a comment. */
function blockOf(event: PublishedEvent | null, id: string): Block {
  try {
    if (event !== null) return encodeBlock({ id, event: event.event, data: event.data });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  return encodeBlock({ comment: 'an entry that is no event' });
}
