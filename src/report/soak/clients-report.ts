/** The clients of a run, and what its incidents did to them, as the JSON report has it. */
import type { ClientKind } from '../../core/client-kinds.ts';
import type { RunRecord, StagedIncident } from '../../record/run-record.ts';
import { rounded } from '../../core/units.ts';
import { roundedFigures } from './rounded-figures.ts';
import { type Times, timesOf } from './times.ts';

/** What became of the clients of one kind. */
export interface ClientKindReport {
  /** Clients of this kind that the plan asked for. */
  planned: number;
  /** Clients whose stream opened at least once. */
  connected: number;
  /** Streams that ended and not by the client's doing. */
  dropped: number;
  /** Attempts that failed before the stream opened. */
  refused: number;
  /** Streams that opened after the first one of their client. */
  reconnects: number;
}

/** The clients of a run. */
export interface ClientsReport {
  /** Clients that the plan asked for. */
  planned: number;
  /** Clients whose stream opened at least once. */
  connected: number;
  /** Most streams that were open at once. */
  peak: number;
  /** Streams that ended and not by the client's doing. */
  dropped: number;
  /** Attempts that failed before the stream opened. */
  refused: number;
  /** Streams that opened after the first one of their client. */
  reconnects: number;
  /**
   * Streams that the server ended cleanly and on purpose: it said so before, or it spreads the ends over ages of which
   * the least is more than half of the greatest, and nothing was lost. They do not count as dropped.
   */
  rotated: number;
  /** Streams that came to the event that `until` names; null where it names none. */
  completed: number | null;
  /** Streams that were open when the run was over and had not come to it. They are not judged; null as above. */
  unfinished: number | null;
  /** Clients that left for good because of `churn`, and were replaced. */
  churned: number;
  /** Clients that left because of `churn` before their stream had begun; no other figure counts them. */
  churnedEarly: number;
  /** Reconnection times of the server that were held at the floor of 100 ms or the ceiling of 1 h. */
  retryClamped: number;
  /** Reconnections without Last-Event-ID, since the id has characters that no header can carry. */
  idsUnsendable: number;
  /** The same counts for each kind of client; kinds without a client are left out. */
  byKind: Partial<Record<ClientKind, ClientKindReport>>;
  /** Dropped streams by their cause; causes that did not occur are left out. */
  dropsByCause: Record<string, number>;
  /** Failed attempts by their cause; causes that did not occur are left out. */
  refusalsByCause: Record<string, number>;
  /** How the clients ended, such as `open` or `closed-by-us`: the counts add up to all clients that there were. */
  ends: Record<string, number>;
}

export function clientsReport({ summary, planned, peakClients, until }: RunRecord): ClientsReport {
  return {
    planned,
    connected: summary.total('connected'),
    peak: peakClients,
    dropped: summary.total('dropped'),
    refused: summary.total('refused'),
    reconnects: summary.total('reconnects'),
    rotated: summary.counts.rotated,
    completed: until === null ? null : summary.counts.completed,
    unfinished: until === null ? null : summary.counts.unfinished,
    churned: summary.counts.churned,
    churnedEarly: summary.counts.churnedEarly,
    retryClamped: summary.counts.retryClamped,
    idsUnsendable: summary.counts.idsUnsendable,
    byKind: Object.fromEntries(
      [...summary.byKind].map(([kind, { open: _open, unreadable: _unreadable, ...counts }]) => [kind, counts]),
    ),
    dropsByCause: Object.fromEntries(summary.dropsByCause),
    refusalsByCause: Object.fromEntries(summary.refusalsByCause),
    ends: Object.fromEntries(summary.ends),
  };
}

/** What happened because the plan asked for it. It is in none of the other figures. */
export interface IncidentsReport {
  /** Incidents that took place. */
  count: number;
  /** Each of them, in the order in which they took place. */
  staged: StagedIncident[];
  /** From the beginning of an incident until a client had a stream again. */
  recoveryMs: Times;
  /** From when an event was due until a healthy client had it, for events during incidents. */
  latencyMs: Times;
  /** Streams that ended during incidents. */
  drops: number;
  /** Attempts that failed during incidents before the stream opened. */
  refused: number;
  /** Clients that had no stream again when they were no longer waited for. */
  notRecovered: number;
  /** Most reconnections within one second, all load processes together. */
  peakReconnectsPerSecond: number;
  /** The server that was told to stop; null where none was. */
  stop: StopReport | null;
}

/** What a server did that the plan told to stop (`sigterm`). */
export interface StopReport {
  /** The process that was told. */
  pid: number;
  /** When it was told, in milliseconds from the end of the ramp. */
  atMs: number;
  /** How long it was given, in milliseconds. */
  graceMs: number;
  /** Why it was not told after all; null where it was. */
  untold: string | null;
  /** When its process had ended, in milliseconds from then; null where it had not while it was watched. */
  goneMs: number | null;
  /** Streams that were open when it was told. */
  streams: number;
  /** Those of them that were open when it was no longer waited for. */
  stillOpen: number;
  /** How the others ended: `told` behind a last word, `eof-clean` as whole responses, else by what broke them off. */
  ends: Record<string, number>;
  /** From when it was told until a stream ended. */
  endMs: Times;
  /** Whether somebody accepted connections at its address at the end of the run. */
  listensAgain: boolean;
  /** Clients that had a stream when it was told, and none at the end. */
  notBack: number;
}

function stopReport({ server: { stop }, summary: { counts, times, stopEnds } }: RunRecord): StopReport | null {
  if (stop === null) return null;
  const { pid, atMs, graceMs, untold, goneMs, listensAgain } = stop;
  return {
    pid,
    atMs,
    graceMs,
    untold,
    goneMs: goneMs === null ? null : rounded(goneMs),
    streams: counts.streamsAtStop,
    stillOpen: counts.openAfterStop,
    ends: Object.fromEntries(stopEnds),
    endMs: timesOf(times.stopEnd),
    listensAgain,
    notBack: counts.notBackAfterStop,
  };
}

export function incidentsReport(record: RunRecord): IncidentsReport {
  const {
    counts,
    times: { recovery, latencyIncident },
  } = record.summary;
  return {
    count: counts.incidents,
    staged: record.incidents.map(roundedFigures),
    recoveryMs: timesOf(recovery),
    latencyMs: timesOf(latencyIncident),
    drops: counts.dropsInIncident,
    refused: counts.refusedInIncident,
    notRecovered: counts.notRecovered,
    peakReconnectsPerSecond: counts.peakReconnectsPerSecond,
    stop: stopReport(record),
  };
}
