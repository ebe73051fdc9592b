/** What the ledger counts, kept the long way: every number that a client saw and every one that it missed. */
interface Account {
  base: number | null;
  last: number;
  seen: Set<number>;
  missing: Map<number, 'stream' | 'resume'>;
  inResume: boolean;
  /** The highest number of all when it came back; -1 where it has not. */
  returnHead: number;
}

export class NaiveLedger {
  readonly counts = { lost: 0, duplicated: 0, reordered: 0, resumeLost: 0, resumeDuplicated: 0, announcedLost: 0 };
  highestSeq = -1;
  private readonly accounts = new Map<number, Account>();

  note(client: number, seq: number): void {
    this.highestSeq = Math.max(this.highestSeq, seq);
    const account = this.account(client);
    if (account.base === null) {
      account.base = seq;
      account.last = seq;
    } else if (seq > account.last) {
      for (let missed = account.last + 1; missed < seq; missed++) {
        const why = account.inResume || missed <= account.returnHead ? 'resume' : 'stream';
        account.missing.set(missed, why);
        this.miss(why, 1);
      }
      account.last = seq;
      account.inResume = false;
    } else if (account.seen.has(seq) || account.last - seq > 32) {
      if (account.inResume || seq <= account.returnHead) this.counts.resumeDuplicated += 1;
      else this.counts.duplicated += 1;
      return;
    } else {
      this.counts.reordered += 1;
      const why = account.missing.get(seq);
      if (why !== undefined) this.miss(why, -1);
      account.missing.delete(seq);
    }
    account.seen.add(seq);
  }

  reconnected(client: number, resumed: boolean): void {
    const account = this.account(client);
    if (resumed && account.base !== null) {
      account.inResume = true;
      account.returnHead = this.highestSeq;
    } else {
      this.accounts.delete(client);
    }
  }

  announced(client: number, count: number): void {
    this.counts.announcedLost += count;
    this.accounts.delete(client);
  }

  closeAt(client: number, headSeq: number): number {
    const account = this.account(client);
    if (account.base === null || headSeq <= account.last) return 0;
    this.miss(account.inResume ? 'resume' : 'stream', headSeq - account.last);
    return headSeq - account.last;
  }

  private miss(why: 'stream' | 'resume', count: number): void {
    if (why === 'stream') this.counts.lost += count;
    else this.counts.resumeLost += count;
  }

  private account(client: number): Account {
    let account = this.accounts.get(client);
    if (account === undefined) {
      account = { base: null, last: -1, seen: new Set(), missing: new Map(), inResume: false, returnHead: -1 };
      this.accounts.set(client, account);
    }
    return account;
  }
}
