/**
 * The figures of a load process (soak/load/), which is above this room: the summary cannot ask it, so what it measures
 * is declared here, one constant for each owner. All other figures are declared beside the code that measures them.
 */
import { figures } from '../measure/figures.ts';

/** Written by soak/load/recorder.ts. */
export const RECORDER_FIGURES = figures({
  counts: [
    /** Events and comments that were read. */
    'events',
    'comments',
    /** Unfinished events that were dropped: all clients together held what they may. */
    'eventsWithoutRoom',
    /** Bytes of the bodies of streams that clients read: decoded, and without the framing of HTTP. */
    'bytes',
    /** Comments and heartbeat events to healthy clients that were no greeting. */
    'heartbeatsAfterGreeting',
    /** Streams that ended cleanly after the server had said that they would. */
    'rotated',
    /** Streams that were opened with a Last-Event-ID after an earlier one. */
    'resumptions',
    /** Returns without one of clients that had been given an id: something had taken it away. */
    'idsTakenAway',
    /** Streams at whose beginning the server said from where it goes on. */
    'replaysPromised',
    /** Events of healthy clients that say when they were due. */
    'eventsPlanned',
    /** Events due before their stream began: history, or a clock that is behind. */
    'dueBefore',
    /** Reconnection times held at floor or ceiling, and ids that no header can carry. */
    'retryClamped',
    'idsUnsendable',
  ],
  times: [
    /** From the attempt to the connection, from the request to the head, and from the attempt to the first event. */
    'connect',
    'headers',
    'firstEvent',
    /** How long clients waited in vain, at least, that never had a response head. */
    'withoutHead',
    /** From the end of a stream to the head of the next one. */
    'reconnect',
    /** The longest silence of each stream that was open at the end, or that came to its planned end. */
    'silence',
  ],
  tallies: [
    /** To how many clients each defect happened (measure/defects.ts). */
    'affected',
    'dropsByCause',
    /** Like "refused" or "http-status: status 503". */
    'refusalsByCause',
    /** What one answer of each kind said that was no stream (findings/refused-answer.ts), as JSON. */
    'refusedAnswers',
    /** What answers show of the software that sends them (findings/server-marks.ts), of the first ones of each process. */
    'serverMarks',
    /** An id that a heartbeat gave, one for each process, made printable. */
    'heartbeatIds',
  ],
});

/** Written by soak/load/completion-watch.ts. */
export const COMPLETION_FIGURES = figures({
  counts: [
    /** Streams that came to the end that the plan names, and those that had not when the run was over. */
    'completed',
    'unfinished',
  ],
  times: [
    /** From the attempt to connect to the event that ends the stream as planned; healthy clients. */
    'completion',
  ],
  tallies: [
    /** Streams that had come to that end and then broke off, by cause. */
    'brokenAfterEnd',
  ],
});

/** Written by soak/load/fleet.ts. */
export const FLEET_FIGURES = figures({
  counts: [
    /** Clients that left for good while the run went on, and had others take their place. */
    'churned',
    /** What of the bodies of their streams these had read. */
    'bytesOfDeparted',
    /** Clients that left before their stream began; they are in no other account. */
    'churnedEarly',
  ],
  tallies: [
    /** How each client ended: the counts add up to all clients that there ever were. */
    'ends',
  ],
});

/** Written by soak/load/return-watch.ts. */
export const RETURN_FIGURES = figures({
  counts: [
    /** Returns with an id behind which nothing came while others were sent events; the part whose ids are above theirs. */
    'returnsUnheard',
    'idsBegunAnew',
  ],
  times: [
    /** For how long nothing came. */
    'unheard',
  ],
  tallies: [
    /** The id that one of these returned with and one that others were sent, made printable; one for each process. */
    'unheardIds',
  ],
});

/** Written by soak/load/protocol-watch.ts and soak/load/held-heads.ts. */
export const PROTOCOL_FIGURES = figures({
  counts: [
    'malformed',
    /**
     * Published events, by whether an id stood for them. Heartbeats and events about the stream itself are not
     * published.
     */
    'eventsWithId',
    'eventsWithoutId',
    /**
     * First streams of healthy clients: all of them, those with the first event in the head, the late ones of these,
     * and the moments at which several of the late ones came that had been waiting for different times.
     */
    'headsJudged',
    'headsWithEvent',
    'headsHeld',
    'headsReleased',
    /**
     * The moments at which heads came that seem to have waited for an event of their own connection, and how many of them
     * waited for the period of its events.
     */
    'ownHeadMoments',
    'ownHeadPeriods',
    /** Streams under a content coding that nobody knows, which were read as they were. */
    'unknownCodings',
    /** Streams on which bytes came in a content coding, and none that could be read; and how many bytes. */
    'notFlushed',
    'bytesNotFlushed',
    /** Clients whose stream a compressor stopped in the middle of events, and how often it did. */
    'heldByCompressor',
    'stopsInEvent',
    /** Blocks with a type or an id and without data: no events. */
    'withoutData',
  ],
  /** How long those heads took. */
  times: ['ownHeadWait'],
  tallies: [
    /** Malformed lines by what is wrong with them, and one of each kind and process, made printable. */
    'malformed',
    'malformedSamples',
    /** Streams without an event on which bytes came that no client dispatches, by the mistake. */
    'undispatched',
    /** Streams in a content coding that nobody had asked for. */
    'codings',
    /** The name of a coding that nobody knows, one for each process. */
    'unknownCodingNames',
    /** What is wrong with the first line in an unknown field, one for each process. */
    'misnamed',
    /** A line of a block without data, one for each process, made printable. */
    'withoutDataSamples',
  ],
});

/** Written by soak/load/cache-watch.ts. */
export const CACHE_FIGURES = figures({
  counts: [
    /** Streams that opened, returns included, and those of them that came from a cache. */
    'streamsOpened',
    'streamsCached',
  ],
  tallies: [
    /** What shows it, one for each process. Hostile text. */
    'cacheSigns',
  ],
});

/** Written by soak/load/silence-watch.ts. */
export const SILENCE_FIGURES = figures({
  times: [
    /**
     * Streams that had flowed and were silent for long at the end: since when each was, for how long, when it opened, and its
     * longest silence before.
     */
    'silentSince',
    'silentFor',
    'silentOpened',
    'silentUsually',
  ],
  tallies: [
    /** What became of a client that came when all were silent (findings/dead-streams.ts). */
    'newcomer',
  ],
});

/** Written by soak/load/stale-watch.ts. */
export const STALE_FIGURES = figures({
  counts: [
    'evictionsExpected',
    'evictionsSeen',
    'evictionsMissed',
    'evictionsUnknown',
    /** The part of the unknown ones that were kept for longer than allowed by a server whose writes did not block yet. */
    'evictionsOverdue',
  ],
  /** From when the server could know of a stale client until it evicted that client. */
  times: ['evictionTime'],
});

/**
 * Written by soak/load/incident-window.ts: what happens while an incident of the plan goes on is in no other figure.
 */
export const INCIDENT_FIGURES = figures({
  counts: [
    'incidents',
    'dropsInIncident',
    'refusedInIncident',
    'notRecovered',
    /**
     * Streams that were open when the server was told to stop, those that were when it was no longer waited for, and
     * clients that had none again then.
     */
    'streamsAtStop',
    'openAfterStop',
    'notBackAfterStop',
    /** The most in one process; processes add up, because they reconnect at the same time. */
    'peakReconnectsPerSecond',
  ],
  times: [
    /** From the beginning of the incident until a client had a stream again. */
    'recovery',
    /** From when the server was told to stop until a stream ended. */
    'stopEnd',
  ],
  tallies: [
    /** How these ended: `told` behind a last word of the server, else by cause. */
    'stopEnds',
  ],
});
