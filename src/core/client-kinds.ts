/** The kinds of simulated clients, by the names that plans and reports use. */
export const CLIENT_KINDS = ['healthy', 'slow', 'stalled', 'vanished', 'abrupt', 'resuming'] as const;

export type ClientKind = (typeof CLIENT_KINDS)[number];
