/**
 * All that one load process has measured: plain counters and histograms, and nothing that grows with time.
 *
 * `add` is associative and commutative, so that processes can be merged in any order and grouping; what a
 * merge cannot give (percentiles, peaks of a sum) is never stored.
 */
import type { ClientKind } from '../core/client-kinds.ts';
import { countUp } from '../measure/figures.ts';
import { TimeHistogram } from '../measure/histogram.ts';
import { addKindCounts, type KindCounts, noClients } from '../measure/kind-counts.ts';

export const TIMES = [
  'latency',
  'latencySent',
  'latencyCensored',
  'spread',
  'connect',
  'headers',
  'firstEvent',
  'reconnect',
  'silence',
  'heartbeatInterval',
  'evictionTime',
  'recovery',
  'latencyIncident',
  /** By how much stamps lay in the future. */
  'skew',
  // Latency by what other clients did meanwhile (stall-phases.ts).
  'latencyBeforeStall',
  'latencyWhileStalled',
  'latencyAfterStall',
  'sentWhileStalled',
  // Of streams that ended: their age, the silence before and the time; and the ages of those that did not (stream-ends.ts).
  'deathAge',
  'deathSilence',
  'deathTime',
  'survivedAge',
  // Answers of language models: from the request to the first token and to the end, and between two tokens (protocols/openai/answer-accounts.ts).
  'firstToken',
  'answer',
  'interToken',
  // Sessions of the Model Context Protocol (protocols/mcp/session-accounts.ts).
  'initialize',
  'sessionPing',
] as const;
export type TimeName = (typeof TIMES)[number];

export const COUNTS = [
  /** Events and comments that were read, and the bytes of events' data. */
  'events',
  'comments',
  'eventsWithSeq',
  'malformed',
  /** Clients that were sent malformed lines. */
  'clientsMalformed',
  /** Published events, by whether an id stood for them: heartbeats and what is about the stream are none. */
  'eventsWithId',
  'eventsWithoutId',
  /** First streams of healthy clients: all, with the first event in the head, of these late ones, and the moments at
   *  which several of those came that had been waiting for different times (soak/load/protocol-watch.ts). */
  'headsJudged',
  'headsWithEvent',
  'headsHeld',
  'headsReleased',
  'lost',
  'duplicated',
  'reordered',
  'resumeLost',
  'resumeDuplicated',
  'announcedLost',
  /** Numbers that ids passed over for all clients. */
  'idsSkipped',
  'heartbeats',
  'heartbeatsLate',
  'heartbeatsMissing',
  /** Streams that were sent nothing at all while others were. */
  'silentStreams',
  /** Events with a time; of these such as came in a bunch, how many bunches, and what came so or not at all while clients stalled. */
  'stamped',
  'bunched',
  'bunches',
  'bunchedWhileStalled',
  'unheardWhileStalled',
  /** Streams that ended at one instant with many others. */
  'diedTogether',
  /** A mass drop whose clients came back in one burst, the burst, and streams shorter than their reconnection time. */
  'stormDropped',
  'stormPeak',
  'shortLives',
  /** Stamps that lie in the future: the clocks disagree. */
  'skewed',
  /** Events with something else where the time was to be, and with a time in whole seconds. */
  'badTimes',
  'coarseTimes',
  /** Events due before their stream began: history, or a clock that is behind. */
  'dueBefore',
  /** Events whose latency was not recorded: our own clock had been set. */
  'untimed',
  /** Of those lost: right after our own process stood still. */
  'lostAfterStop',
  'resumeLostAfterStop',
  'evictionsExpected',
  'evictionsSeen',
  'evictionsMissed',
  'evictionsUnknown',
  'churned',
  /** Gone before their stream began; in nobody's account. */
  'churnedEarly',
  /** Reconnection times held at floor or ceiling, and ids that no header can carry. */
  'retryClamped',
  'idsUnsendable',
  /** While an incident of the plan was going on: apart from all the others. */
  'incidents',
  'dropsInIncident',
  'refusedInIncident',
  'notRecovered',
  /** The most in one process; processes add up, as they reconnect at the same time. */
  'peakReconnectsPerSecond',
  /** Answers that came to their end, those that ended in an error or without a token, tokens (at least so many), and events of no answer. */
  'answers',
  'answersFailed',
  'tokens',
  'answerStrangers',
  /** Sessions (MCP): opened, refused, forgotten by the server, without a stream; ended by DELETE, not ended by it, and left behind on purpose. */
  'sessions',
  'sessionsRefused',
  'sessionsExpired',
  'sessionsStreamless',
  'sessionsEnded',
  'sessionsNotEnded',
  'sessionsAbandoned',
] as const;
export type CountName = (typeof COUNTS)[number];

const MAPS = [
  'dropsByCause',
  'refusalsByCause',
  'ends',
  'malformed',
  'malformedSamples',
  'codings',
  'sequence',
  'sessionFailures',
] as const;

export interface SummaryJson {
  counts: Record<CountName, number>;
  byKind: Partial<Record<ClientKind, KindCounts>>;
  dropsByCause: Record<string, number>;
  refusalsByCause: Record<string, number>;
  ends: Record<string, number>;
  malformed: Record<string, number>;
  malformedSamples: Record<string, number>;
  codings: Record<string, number>;
  sequence: Record<string, number>;
  sessionFailures: Record<string, number>;
  times: Partial<Record<TimeName, string>>;
}

export class Summary {
  readonly counts: Record<CountName, number> = zeroCounts();
  readonly byKind = new Map<ClientKind, KindCounts>();
  readonly dropsByCause = new Map<string, number>();
  /** Like "refused" or "http-status: status 503"; bounded by the caller. */
  readonly refusalsByCause = new Map<string, number>();
  /** How each client ended: they add up to all clients that there ever were. */
  readonly ends = new Map<string, number>();
  /** Malformed lines by what is wrong with them, and one of each kind and process, made printable. */
  readonly malformed = new Map<string, number>();
  readonly malformedSamples = new Map<string, number>();
  /** Streams in a content coding that nobody had asked for. */
  readonly codings = new Map<string, number>();
  /** By what each process held events to account, or why it could not (sequence.ts). */
  readonly sequence = new Map<string, number>();
  /** By request and cause; bounded by the caller. */
  readonly sessionFailures = new Map<string, number>();
  readonly times: Record<TimeName, TimeHistogram> = freshTimes();

  static fromJSON(json: SummaryJson): Summary {
    const summary = new Summary();
    for (const name of COUNTS) summary.counts[name] = json.counts[name];
    for (const [kind, counts] of Object.entries(json.byKind)) summary.byKind.set(kind as ClientKind, { ...counts });
    for (const field of MAPS) {
      for (const [key, count] of Object.entries(json[field])) summary[field].set(key, count);
    }
    for (const name of TIMES) {
      const encoded = json.times[name];
      if (encoded !== undefined) summary.times[name] = TimeHistogram.decode(encoded);
    }
    return summary;
  }

  kind(kind: ClientKind): KindCounts {
    let counts = this.byKind.get(kind);
    if (counts === undefined) {
      counts = noClients();
      this.byKind.set(kind, counts);
    }
    return counts;
  }

  /** A field of all kinds together. */
  total(field: keyof KindCounts): number {
    let total = 0;
    for (const counts of this.byKind.values()) total += counts[field];
    return total;
  }

  add(other: Summary): void {
    for (const name of COUNTS) this.counts[name] += other.counts[name];
    for (const [kind, theirs] of other.byKind) addKindCounts(this.kind(kind), theirs);
    for (const field of MAPS) {
      for (const [key, count] of other[field]) countUp(this[field], key, count);
    }
    for (const name of TIMES) this.times[name].add(other.times[name]);
  }

  toJSON(): SummaryJson {
    const times: SummaryJson['times'] = {};
    for (const name of TIMES) if (this.times[name].count > 0) times[name] = this.times[name].encode();
    return {
      counts: { ...this.counts },
      byKind: Object.fromEntries([...this.byKind].map(([kind, counts]) => [kind, { ...counts }])),
      dropsByCause: Object.fromEntries(this.dropsByCause),
      refusalsByCause: Object.fromEntries(this.refusalsByCause),
      ends: Object.fromEntries(this.ends),
      malformed: Object.fromEntries(this.malformed),
      malformedSamples: Object.fromEntries(this.malformedSamples),
      codings: Object.fromEntries(this.codings),
      sequence: Object.fromEntries(this.sequence),
      sessionFailures: Object.fromEntries(this.sessionFailures),
      times,
    };
  }
}

function zeroCounts(): Record<CountName, number> {
  return Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<CountName, number>;
}

function freshTimes(): Record<TimeName, TimeHistogram> {
  return Object.fromEntries(TIMES.map((name) => [name, new TimeHistogram()])) as Record<TimeName, TimeHistogram>;
}
