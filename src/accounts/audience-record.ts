/**
 * Who heard what, as one load process saw it: groups of clients that heard the same, and the events they heard. Plain
 * data, so that several processes, each of them aimed at one URL, can be laid side by side (audience-structure.ts).
 */

/** Whole seconds are looked at, so that all processes look at the same ones. */
export const SLOT_MS = 1000;

export interface AudienceEvent {
  /** The same for the same event in all processes. */
  readonly key: string;
  /** When somebody first heard it, Unix ms. */
  readonly firstMs: number;
  /** Clients that heard it, of those whose stream was open by then. */
  readonly heardBy: number;
  readonly due: number;
  /** What may be its number in a sequence, by where it stands: in the id behind a prefix, or in a member of the data. */
  readonly numbers: Readonly<Record<string, number>>;
}

export interface AudienceGroup {
  readonly clients: number;
  /** Which of the events most of them heard, in their order. */
  readonly heard: readonly number[];
}

export interface AudienceRecord {
  /** One second out of so many was looked at; a power of two. */
  readonly stride: number;
  /** Clients that were looked at and had a stream at the end. */
  readonly clients: number;
  /** The part that hears what others heard long before: each connection is sent a stream in its own time. */
  readonly behind: number;
  /** The part that never heard an event, and the fewest that most others heard meanwhile. */
  readonly unheard: { readonly clients: number; readonly due: number };
  /** When half of the clients had come, and until when events were looked at, Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Events that came, on the median, to one client, whether or not they were looked at. */
  readonly eventsPerClient: number;
  /** The largest groups of clients that heard the same. */
  readonly groups: readonly AudienceGroup[];
  /** Groups beyond these, of which only the number is known. */
  readonly moreGroups: number;
  readonly events: readonly AudienceEvent[];
  /** All that anybody heard, looked at or not (seen-keys.ts); null where this process is the only one. */
  readonly seen: string | null;
}

/** The same, with the URL that the process was aimed at. */
export interface AudienceOfUrl extends AudienceRecord {
  readonly url: string;
}
