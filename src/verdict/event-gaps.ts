/**
 * What could not be told of the events of a run: what was lost, or how long they took; and what of it is less
 * certain than it looks. For the finding `not-measured`.
 */
import { counted, formatDuration } from '../core/units.ts';
import { fieldsOf, missingSequence } from '../accounts/found-fields.ts';
import { clockSkewMs } from '../accounts/clock-skew.ts';
import { isHeldForNext, mayBeHeldForNext, nameTheTime } from '../findings/next-write.ts';
import type { RunRecord } from '../record/run-record.ts';
import { NO_SEQUENCE, type NoSequence, sequenceOf } from '../accounts/sequence.ts';
import { structureText } from './audience-loss.ts';
import { delayedWritesOf } from './delayed-writes.ts';
import type { Gap } from './finding.ts';
import type { JudgedRun } from './judged-run.ts';

/** A share of all events with a time: fewer that are written in whole seconds change no percentile. */
const COARSE_SHARE = 0.01;

/** What was not judged of loss, duplicates and order. */
export function lossGaps(record: JudgedRun): (Gap | null)[] {
  return record.summary.counts.events === 0
    ? []
    : [sequence(record), sameOnAll(record), namedSequence(record), skippedIds(record), unread(record)];
}

export function latencyGaps(record: RunRecord): (Gap | null)[] {
  return record.summary.counts.events === 0 ? [] : [times(record), doubtfulTimes(record)];
}

function sequence(run: JudgedRun): Gap | null {
  const { summary } = run;
  const used = sequenceOf(summary);
  if (used !== null && used.method !== 'none' && used.reasons.length === 0) return null;
  if (used?.method === 'none' && used.reasons.every((reason) => reason === 'finite')) return FINITE_STREAMS;
  const reasons =
    used === null || used.reasons.length === 0
      ? ['no event arrived']
      : used.reasons.map((reason) => reasonText(reason, run));
  const where = used === null || used.method === 'none' ? '' : ' in some load processes';
  return {
    what: `lost, duplicated and reordered events${where} (no sequence number in the data, no ids that count up, and clients cannot be compared: ${reasons.join(', ')})`,
    evidence: { sequence: used?.method ?? 'none', eventsWithSeq: summary.counts.eventsWithSeq },
    hint: sequenceAdvice(summary),
  };
}

/** Where clients differ, who hears what says how. */
function reasonText(reason: NoSequence, run: JudgedRun): string {
  const structure = reason === 'personal' ? structureText(run) : null;
  return `${NO_SEQUENCE[reason]}${structure === null ? '' : `: ${structure}`}`;
}

function sameOnAll({ targetsApart: apart }: JudgedRun): Gap | null {
  if (apart?.kind !== 'copies') return null;
  return {
    what: 'whether all URLs receive the same events (the events differ but arrive at the same moments, as if each instance wrote them differently)',
    evidence: { events: apart.events },
    hint: 'Give events an id, or data, that is the same on all instances.',
  };
}

const FINITE_STREAMS: Gap = {
  what: 'lost, duplicated and reordered events (no sequence number in the data, and streams that end cannot be compared)',
  evidence: { sequence: 'none', eventsWithSeq: 0 },
  hint: 'For streams that end, add a number to the data that counts without gaps from the beginning of each stream, and give it with --seq.',
};

function sequenceAdvice(summary: RunRecord['summary']): string {
  const { sequence: counting } = fieldsOf(summary);
  return counting === null
    ? 'Add a number to the data that counts without gaps and give it with --seq, or count in `id:`.'
    : `Events have a counter at ${counting.pointer}: add --seq ${counting.pointer}.`;
}

function namedSequence({ summary }: RunRecord): Gap | null {
  const pointer = missingSequence(summary);
  if (pointer === null) return null;
  return {
    what: `the number given with --seq (no event has a whole number at ${pointer})`,
    evidence: { seq: pointer },
    hint: 'Give the place of the number with --seq, as a JSON pointer into the data.',
  };
}

function skippedIds({ summary }: RunRecord): Gap | null {
  const { counts } = summary;
  if (counts.idsSkipped === 0) return null;
  const word = sequenceOf(summary)?.method === 'pointer' ? 'number' : 'id';
  return {
    what: `whether ${counted(counts.idsSkipped, word)} that no client received ${counts.idsSkipped === 1 ? 'was' : 'were'} lost or never sent`,
    evidence: { idsSkipped: counts.idsSkipped },
    hint: 'Ids may have gaps. Add a number to the data that counts without gaps, and give it with --seq.',
  };
}

function unread({ summary: { counts } }: RunRecord): Gap | null {
  if (counts.eventsUnread === 0) return null;
  return {
    what: `number and time of ${counted(counts.eventsUnread, 'event')} (too much data to read for each client: identified by id and digest)`,
    evidence: { eventsUnread: counts.eventsUnread },
    hint: 'Send large data as a link, or identical for all clients.',
  };
}

function times({ summary }: RunRecord): Gap | null {
  const {
    counts,
    times: { latency },
  } = summary;
  if (latency.count > 0) return null;
  const skewMs = clockSkewMs(summary);
  if (skewMs !== null && skewMs < 0) {
    return {
      what: `latency (the clock of the server seems to be ${formatDuration(-skewMs)} behind: all times are before the streams began, and all are equally old)`,
      evidence: { eventsWithTime: 0, skewMs, dueBefore: counts.dueBefore },
      hint: "Synchronize both clocks (NTP), or use thresholds on `spread`, which needs this machine's clock only.",
    };
  }
  if (skewMs !== null) {
    return {
      what: `latency (the clock of the server is ${formatDuration(skewMs)} ahead of this machine: ${counted(counts.skewed, 'time')} in the future)`,
      evidence: { eventsWithTime: 0, skewMs, skewed: counts.skewed },
      hint: "Synchronize both clocks (NTP), or use thresholds on `spread`, which needs this machine's clock only.",
    };
  }
  if (counts.badTimes > 0) {
    return {
      what: `latency (${counted(counts.badTimes, 'event')} had no valid time within a day of now)`,
      evidence: { eventsWithTime: 0, badTimes: counts.badTimes },
      hint: 'Give the place of the sending time with --sent-at: Unix time in s, ms, µs or ns, or ISO 8601.',
    };
  }
  if (counts.dueBefore > 0) {
    return {
      what: 'latency (all times are before the streams began: old events, or a server clock that is behind)',
      evidence: { eventsWithTime: 0, dueBefore: counts.dueBefore },
      hint: 'Synchronize both clocks (NTP); give the place of the sending time with --sent-at; run longer.',
    };
  }
  return {
    what: 'latency (no healthy client received an event with a time)',
    evidence: { eventsWithTime: 0 },
    hint: 'Give the place of the time with --sent-at.',
  };
}

function doubtfulTimes(record: RunRecord): Gap | null {
  const { summary } = record;
  const {
    counts,
    times: { latency },
  } = summary;
  if (latency.count === 0) return null;
  const skewMs = clockSkewMs(summary);
  const streams = summary.byKind.get('healthy')?.connected ?? 0;
  // What holds them until the next write, or until an acknowledgement comes, is no clock.
  const isClock = !isHeldForNext(summary, streams) && delayedWritesOf(record) === null;
  if (skewMs !== null && skewMs < 0 && isClock) {
    const pointer = fieldsOf(summary).time?.pointer;
    const naming = pointer !== undefined && mayBeHeldForNext(summary, streams) ? ` ${nameTheTime(pointer)}` : '';
    return {
      what: `whether ${formatDuration(-skewMs)} of every latency come from the server or from its clock (all events of a second were equally late)`,
      evidence: { skewMs },
      hint: `Synchronize both clocks (NTP), or use thresholds on \`spread\`, which needs this machine's clock only.${naming}`,
    };
  }
  if (counts.coarseTimes > COARSE_SHARE * latency.count) {
    return {
      what: 'latency below a second (the times are in whole seconds)',
      evidence: { coarseTimes: counts.coarseTimes },
      hint: 'Add milliseconds to the times.',
    };
  }
  if (counts.badTimes === 0) return null;
  return {
    what: `the latency of ${counted(counts.badTimes, 'event')} (no valid time within a day of now)`,
    evidence: { badTimes: counts.badTimes },
    hint: 'Add the sending time to each event.',
  };
}
