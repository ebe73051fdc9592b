/** The kinds of simulated clients, by the names that plans and reports use. */
export const CLIENT_KINDS = ['healthy', 'slow', 'stalled', 'vanished', 'abrupt', 'resuming'] as const;

export type ClientKind = (typeof CLIENT_KINDS)[number];

/** What each kind does, for lists in help and documentation. */
export const CLIENT_KIND_SAYS: Readonly<Record<ClientKind, string>> = {
  healthy: 'reads everything, and reconnects as the EventSource standard says',
  slow: 'reads slowly but continuously (--slow-rate)',
  stalled: 'opens the stream and never reads, so that its TCP window closes',
  vanished: 'disappears without FIN or RST, so that nothing is acknowledged any more',
  abrupt: 'resets its connection in the middle of an event, and reconnects',
  resuming: 'disconnects every few seconds, and resumes with Last-Event-ID',
};
