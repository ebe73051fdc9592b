/** What the clients of one load process heard, by a rule of the test: on clocks that stand still. */
import { Audience } from '../../src/accounts/audience.ts';
import type { AudienceOfUrl } from '../../src/accounts/audience-record.ts';

/** Unix ms at which the run begins: a whole second. */
const START_MS = 1_796_032_800_000;

export interface Heard {
  id?: string | null;
  data: string;
}

/** What is said to a client at turn `n`; null: nothing. */
export type Rule = (n: number, client: number) => Heard | null;

export interface AudienceWorld {
  say: Rule;
  url?: string;
  clients?: number;
  events?: number;
  periodMs?: number;
  /** By how much later a client hears it. */
  delayMs?: (n: number, client: number) => number;
  openedMs?: (client: number) => number;
  processes?: number;
}

export function audienceOf({
  say,
  url = 'http://127.0.0.1:1/events',
  clients = 12,
  events = 40,
  periodMs = 250,
  delayMs = () => 0,
  openedMs = (client) => client * 20,
  processes = 1,
}: AudienceWorld): AudienceOfUrl {
  const audience = new Audience(processes);
  const all = Array.from({ length: clients }, (_none, client) => ({
    index: client * processes,
    openedMs: openedMs(client),
    state: 'open',
    completed: false,
  }));
  const hearings = Array.from({ length: events }, (_none, turn) => turn + 1).flatMap((n) =>
    all.map((client, at) => ({ client, at, n, ms: n * periodMs + delayMs(n, at) })),
  );
  for (const { client, at, n, ms } of hearings.toSorted((one, other) => one.ms - other.ms)) {
    const told = ms < client.openedMs ? null : say(n, at);
    if (told === null) continue;
    const event = { type: 'message', data: told.data, id: told.id ?? null, seq: -1, foundSeq: -1, slot: -1 };
    audience.heard(client, event, ms, START_MS);
  }
  const endMs = events * periodMs + 1000;
  const record = audience.record(all, endMs, START_MS);
  if (record === null) throw new Error('nothing names the events');
  return { url, ...record };
}
