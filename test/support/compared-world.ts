/** Clients of one server that are compared with each other; what each of them hears and when is the test's doing. */
import type { ComparedClient, ComparedEvent } from '../../src/accounts/compared-client.ts';
import { Comparison } from '../../src/accounts/comparison.ts';
import type { SequenceVerdict } from '../../src/accounts/sequence.ts';

export const PERIOD_MS = 1000;
export type Say = (n: number, client: number) => { id?: string | null; data?: string; seq?: number; foundSeq?: number };

function newClient(): ComparedClient {
  return {
    baseSeq: -1,
    lastSeq: -1,
    seenMask: 0,
    resumeMask: 0,
    inResume: false,
    atHeadFrom: -1,
    returnHead: -1,
    replayMs: -1,
    hadSeq: -1,
    replayedFrom: -1,
    behindBeat: false,
    readsSlowly: false,
    missedSome: false,
    pending: null,
  };
}

export class World {
  readonly clients: ComparedClient[];
  readonly comparison: Comparison;
  private readonly say: Say;
  nowMs = 0;

  constructor(clients: number, say: Say) {
    this.clients = Array.from({ length: clients }, () => newClient());
    this.comparison = new Comparison(this.clients);
    this.say = say;
  }

  /** Event `n` as this client hears it. Every hearing has an object of its own, as through the parser. */
  hear(client: number, n: number, { slow = false } = {}): void {
    const { id = null, data = `event ${n}`, seq = -1, foundSeq = -1 } = this.say(n, client);
    const event: ComparedEvent = { type: 'message', id, data, seq, foundSeq, number: -1, numbering: 0 };
    this.comparison.heard(this.clients[client] as ComparedClient, event, this.nowMs, slow);
  }

  /** Events `from` to `to`, one a second; `fate` says how often, and in which order, each client hears them. */
  run(
    from: number,
    to: number,
    {
      except = () => 1,
      order = (clients: number[]) => clients,
    }: {
      except?: (client: number, n: number) => number;
      order?: (clients: number[]) => number[];
    } = {},
  ): this {
    for (let n = from; n <= to; n++) {
      this.nowMs += PERIOD_MS;
      for (const client of order([...this.clients.keys()])) {
        for (let times = except(client, n); times > 0; times--) this.hear(client, n);
      }
      this.comparison.review(this.nowMs);
    }
    return this;
  }

  reopen(client: number, resumed: boolean): void {
    this.comparison.reconnected(this.clients[client] as ComparedClient, resumed);
  }

  close(): SequenceVerdict {
    const { headSeq } = this.comparison;
    if (this.comparison.verdict().method !== 'none')
      for (const client of this.clients) this.comparison.closeAt(client, headSeq);
    return this.comparison.verdict();
  }
}
