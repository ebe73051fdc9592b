/** What the accounts of a load process (event-accounts.ts) write into its summary. */
import { figures } from '../measure/figures.ts';

export const EVENT_ACCOUNT_FIGURES = figures({
  counts: [
    /** Events that were held to account, each once a client. */
    'eventsWithSeq',
    'lost',
    /** Clients that missed something on open streams: those that take their events slowly, and others. */
    'slowLosers',
    'otherLosers',
    'duplicated',
    'reordered',
    /** The same behind a Last-Event-ID. */
    'resumeLost',
    'resumeDuplicated',
    /** Returns behind a Last-Event-ID after which something was missing: it went on with the newest, or replayed. */
    'returnsAtHead',
    'returnsInPast',
    /** The part of these behind the id of a heartbeat; and returns that were sent all that they had missed. */
    'returnsBehindBeat',
    'returnsWhole',
    /** The part of `reordered` that came late in a replay, and events that were replayed under other ids. */
    'resumeLate',
    'resumeRenamed',
    /** Events of which the server said itself that it had dropped them. */
    'announcedLost',
    /** Events whose data was too large to be read: they are told by id and digest. */
    'eventsUnread',
    /** Load processes in which each connection was sent a stream of its own. */
    'apart',
    /** Numbers that ids passed over for all clients. */
    'idsSkipped',
  ],
  times: [
    /** From when the first client heard an event until the last one did. */
    'spread',
  ],
  tallies: [
    /** By what each process held events to account, or why it could not (sequence.ts). */
    'sequence',
    /** One event of each defect for each process (event-examples.ts). */
    'eventExamples',
  ],
});
