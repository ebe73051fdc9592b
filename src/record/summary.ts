/**
 * All that one load process has measured: plain counters and histograms, and nothing that grows with time.
 *
 * It is put together from what the owners of figures declare (measure/figures.ts), so a new figure is one line beside
 * its owner. `add` is associative and commutative, so that processes can be merged in any order and grouping; what a
 * merge cannot give, such as a percentile or the peak of a sum, is never stored.
 */
import { EVENT_ACCOUNT_FIGURES } from '../accounts/event-account-figures.ts';
import { EVENT_LATENCY_FIGURES } from '../accounts/event-latency.ts';
import { FIELD_FIGURES } from '../accounts/found-fields.ts';
import { LATENCY_FLOOR_FIGURES } from '../accounts/latency-floor.ts';
import { STOP_EXCUSE_FIGURES } from '../accounts/stop-excuse.ts';
import type { ClientKind } from '../core/client-kinds.ts';
import { BUNCHING_FIGURES } from '../measure/bunching.ts';
import { EVENT_PART_FIGURES } from '../measure/event-parts.ts';
import { countUp } from '../measure/figures.ts';
import { HEARTBEAT_FIGURES } from '../measure/heartbeat.ts';
import { HELD_ARRIVAL_FIGURES } from '../measure/held-arrivals.ts';
import { TimeHistogram } from '../measure/histogram.ts';
import { NEXT_WRITE_FIGURES } from '../measure/next-write.ts';
import { addKindCounts, type CountsByKind, type KindCounts, noClients } from '../measure/kind-counts.ts';
import { RECONNECT_BURST_FIGURES } from '../measure/reconnect-burst.ts';
import { REFUSAL_TIME_FIGURES } from '../measure/refusal-times.ts';
import { REPLACED_FIGURES } from '../measure/replaced-characters.ts';
import { STALL_PHASE_FIGURES } from '../measure/stall-phases.ts';
import { STREAM_END_FIGURES } from '../measure/stream-ends.ts';
import { SESSION_FIGURES } from '../protocols/mcp/session-accounts.ts';
import { ANSWER_FIGURES } from '../protocols/openai/answer-accounts.ts';
import {
  CACHE_FIGURES,
  COMPLETION_FIGURES,
  FLEET_FIGURES,
  INCIDENT_FIGURES,
  PROTOCOL_FIGURES,
  RECORDER_FIGURES,
  RETURN_FIGURES,
  SILENCE_FIGURES,
  STALE_FIGURES,
} from './load-figures.ts';
import { Onsets, type OnsetsJson } from './onsets.ts';

/** No name is declared twice; a test sees to that. */
const DECLARED = [
  RECORDER_FIGURES,
  COMPLETION_FIGURES,
  FLEET_FIGURES,
  RETURN_FIGURES,
  PROTOCOL_FIGURES,
  CACHE_FIGURES,
  SILENCE_FIGURES,
  STALE_FIGURES,
  INCIDENT_FIGURES,
  HEARTBEAT_FIGURES,
  BUNCHING_FIGURES,
  NEXT_WRITE_FIGURES,
  EVENT_PART_FIGURES,
  REPLACED_FIGURES,
  REFUSAL_TIME_FIGURES,
  STALL_PHASE_FIGURES,
  HELD_ARRIVAL_FIGURES,
  STREAM_END_FIGURES,
  RECONNECT_BURST_FIGURES,
  EVENT_ACCOUNT_FIGURES,
  EVENT_LATENCY_FIGURES,
  LATENCY_FLOOR_FIGURES,
  STOP_EXCUSE_FIGURES,
  FIELD_FIGURES,
  ANSWER_FIGURES,
  SESSION_FIGURES,
] as const;
type Declared = (typeof DECLARED)[number];

export type CountName = Declared['counts'][number];
export type TimeName = Declared['times'][number];
export type TallyName = Declared['tallies'][number];

export const COUNTS: readonly CountName[] = DECLARED.flatMap(({ counts }): readonly CountName[] => counts);
export const TIMES: readonly TimeName[] = DECLARED.flatMap(({ times }): readonly TimeName[] => times);
export const TALLIES: readonly TallyName[] = DECLARED.flatMap(({ tallies }): readonly TallyName[] => tallies);

export interface SummaryJson extends Record<TallyName, Record<string, number>> {
  counts: Record<CountName, number>;
  byKind: Partial<Record<ClientKind, KindCounts>>;
  times: Partial<Record<TimeName, string>>;
  onsets: OnsetsJson;
}

type Tally = Map<string, number>;
type Tallies = Readonly<Record<TallyName, Tally>>;

export class Summary implements CountsByKind, Tallies {
  readonly counts: Record<CountName, number> = eachOf(COUNTS, () => 0);
  readonly byKind = new Map<ClientKind, KindCounts>();
  readonly times: Record<TimeName, TimeHistogram> = eachOf(TIMES, () => new TimeHistogram());

  /** When each defect was seen. */
  readonly onsets: Onsets;

  // Fields and not a record, as readers ask for one at a time; the compiler misses none that is declared.
  readonly affected: Tally = new Map();
  readonly dropsByCause: Tally = new Map();
  readonly refusalsByCause: Tally = new Map();
  readonly refusedAnswers: Tally = new Map();
  readonly refusedAfter: Tally = new Map();
  readonly serverMarks: Tally = new Map();
  readonly heartbeatIds: Tally = new Map();
  readonly unheardIds: Tally = new Map();
  readonly brokenAfterEnd: Tally = new Map();
  readonly ends: Tally = new Map();
  readonly stopEnds: Tally = new Map();
  readonly malformed: Tally = new Map();
  readonly misnamed: Tally = new Map();
  readonly withoutDataSamples: Tally = new Map();
  readonly malformedSamples: Tally = new Map();
  readonly undispatched: Tally = new Map();
  readonly codings: Tally = new Map();
  readonly layersNamed: Tally = new Map();
  readonly unknownCodingNames: Tally = new Map();
  readonly sequence: Tally = new Map();
  readonly fields: Tally = new Map();
  readonly sessionFailures: Tally = new Map();
  readonly answerErrors: Tally = new Map();
  readonly newcomer: Tally = new Map();
  readonly cacheSigns: Tally = new Map();
  readonly replacedPlaces: Tally = new Map();
  readonly replacedSamples: Tally = new Map();
  readonly eventExamples: Tally = new Map();

  constructor(onsets: Onsets = new Onsets()) {
    this.onsets = onsets;
  }

  static fromJSON(json: SummaryJson): Summary {
    const summary = new Summary(Onsets.fromJSON(json.onsets));
    for (const name of COUNTS) summary.counts[name] = json.counts[name];
    for (const [kind, counts] of Object.entries(json.byKind)) summary.byKind.set(kind as ClientKind, { ...counts });
    for (const name of TALLIES) {
      for (const [key, count] of Object.entries(json[name])) summary[name].set(key, count);
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
    for (const name of TALLIES) {
      for (const [key, count] of other[name]) countUp(this[name], key, count);
    }
    for (const name of TIMES) this.times[name].add(other.times[name]);
    this.onsets.add(other.onsets);
  }

  toJSON(): SummaryJson {
    const times: SummaryJson['times'] = {};
    for (const name of TIMES) if (this.times[name].count > 0) times[name] = this.times[name].encode();
    return {
      counts: { ...this.counts },
      byKind: Object.fromEntries([...this.byKind].map(([kind, counts]) => [kind, { ...counts }])),
      ...eachOf(TALLIES, (name) => Object.fromEntries(this[name]) as Record<string, number>),
      times,
      onsets: this.onsets.toJSON(),
    };
  }
}

function eachOf<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}
