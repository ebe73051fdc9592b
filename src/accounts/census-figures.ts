/** What a census counts: of the events, and of the clients that heard, missed or heard them again. */
export interface CensusFigures {
  /** Events, and how many clients heard them, each counted once a client. */
  events: number;
  heard: number;
  /** The most clients that heard the same event. */
  mostHeard: number;
  /** What most clients heard and others did not, on open streams, and behind a Last-Event-ID. */
  lost: number;
  resumeLost: number;
  /** The part of `lost` beside which the same clients heard what others did not: copies of their own. */
  varied: number;
  /** The same of accounts that had not been at the head yet; in none of the other figures. */
  lostBehind: number;
  duplicatedBehind: number;
  reorderedBehind: number;
  /** Hearings of events that most clients did not hear, and how often these were passed over. */
  uncommon: number;
  uncommonMissed: number;
  /** Events that a few clients heard again, or late. */
  duplicated: number;
  resumeDuplicated: number;
  reordered: number;
  /** The part of `reordered` that came late in a replay. */
  resumeLate: number;
  /** Events that came on a stream behind one that has a higher number: by numbers that count, late. */
  overtaken: number;
  /** How often events came again that most clients heard again. */
  repeated: number;
  /** Came again with other data: what was taken for the name of an event is none. */
  renamed: number;
}

export function noFigures(): CensusFigures {
  return {
    events: 0,
    heard: 0,
    mostHeard: 0,
    lost: 0,
    resumeLost: 0,
    varied: 0,
    lostBehind: 0,
    duplicatedBehind: 0,
    reorderedBehind: 0,
    uncommon: 0,
    uncommonMissed: 0,
    duplicated: 0,
    resumeDuplicated: 0,
    reordered: 0,
    resumeLate: 0,
    overtaken: 0,
    repeated: 0,
    renamed: 0,
  };
}

export function addFigures(one: CensusFigures, other: CensusFigures): CensusFigures {
  const sum = noFigures();
  for (const name of Object.keys(sum) as (keyof CensusFigures)[]) {
    sum[name] = name === 'mostHeard' ? Math.max(one[name], other[name]) : one[name] + other[name];
  }
  return sum;
}
