/**
 * The clients in the worst state, out of ten thousand: one pass and no sorting, for it is asked once a second.
 *
 * First come those that have taken nothing for longer than a healthy client can seem to, the longest first; then the
 * others by the bytes that wait for them. Among equals those that come first stay first, so of clients for which nothing
 * waits it is the oldest.
 */
export interface Judged {
  readonly queuedBytes: number;
  readonly unacknowledgedBytes: number | null;
  /** 0: it takes what it is sent. */
  readonly noProgressSinceMs: number;
}

/** A write just before the hub looks at the kernel's table seems untaken until the next look, at most 5 s later. */
const CERTAIN_MS = 6000;
/** More than any number of bytes that can wait for a client. */
const ABOVE_BYTES = 2 ** 50;

export function worstClients<Client extends Judged>(clients: Iterable<Client>, nowMs: number, limit: number): Client[] {
  const chosen: Array<{ client: Client; badness: number }> = [];
  for (const client of clients) {
    const badness = badnessOf(client, nowMs);
    if (chosen.length >= limit) {
      if (badness <= (chosen.at(-1)?.badness ?? 0)) continue;
      chosen.pop();
    }
    let at = chosen.length;
    while (at > 0 && (chosen[at - 1]?.badness ?? 0) < badness) at--;
    chosen.splice(at, 0, { client, badness });
  }
  return chosen.map(({ client }) => client);
}

function badnessOf({ queuedBytes, unacknowledgedBytes, noProgressSinceMs }: Judged, nowMs: number): number {
  const silentMs = noProgressSinceMs === 0 ? 0 : nowMs - noProgressSinceMs;
  return silentMs >= CERTAIN_MS ? ABOVE_BYTES + silentMs : queuedBytes + (unacknowledgedBytes ?? 0);
}
