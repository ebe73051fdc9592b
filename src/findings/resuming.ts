/**
 * What a server that does not replay is held to. Ids alone promise nothing: a feed of the last state gives them, too. So
 * one that goes on with its newest event, and never said that it replays, gets a warning; one that replays some of what
 * was missed and not all of it, or said that it replays, loses events.
 */

/** To stand before the number of events that were missing. */
export const ID_IGNORED = 'Last-Event-ID is ignored: events have ids, and';
