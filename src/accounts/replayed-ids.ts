/** The ids that events came under: whether they are those of all clients, and how often a replay gives another one. */

/** So large a share of ids may differ from client to client, and they are the same for all. */
const TOLERATED_SHARE = 0.1;

export class ReplayedIds {
  private readonly ids: Int32Array;
  private inReplay = 0;
  private agreed = 0;
  private differed = 0;

  /** @param events that are remembered */
  constructor(events: number) {
    this.ids = new Int32Array(events);
  }

  /** @param id the hash of the id that the event at this place came under first */
  set(at: number, id: number): void {
    this.ids[at] = id;
  }

  /** The event came to another client, or to one that came back and was sent what it had missed. */
  compare(at: number, id: number, isReplayed: boolean): void {
    const isSame = id === this.ids[at];
    if (isReplayed) this.inReplay += isSame ? 0 : 1;
    else if (isSame) this.agreed += 1;
    else this.differed += 1;
  }

  /** An event was replayed under a name that it did not have before. */
  unknown(): void {
    this.inReplay += 1;
  }

  /** Events that were replayed under other ids, where ids are the same for all. */
  get renamed(): number {
    return this.differed > TOLERATED_SHARE * (this.agreed + this.differed) ? 0 : this.inReplay;
  }
}
