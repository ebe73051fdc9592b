/**
 * Those with the most waiting, out of ten thousand: one pass and no sorting, for it is asked once a second.
 * Among equals those that come first stay first, so of clients without a queue it is the oldest.
 */
export function mostQueued<Client extends { readonly queuedBytes: number }>(
  clients: Iterable<Client>,
  limit: number,
): Client[] {
  const chosen: Array<{ client: Client; queuedBytes: number }> = [];
  for (const client of clients) {
    // Added up at each look at it.
    const { queuedBytes } = client;
    if (chosen.length >= limit) {
      if (queuedBytes <= (chosen.at(-1)?.queuedBytes ?? 0)) continue;
      chosen.pop();
    }
    let at = chosen.length;
    while (at > 0 && (chosen[at - 1]?.queuedBytes ?? 0) < queuedBytes) at--;
    chosen.splice(at, 0, { client, queuedBytes });
  }
  return chosen.map(({ client }) => client);
}
