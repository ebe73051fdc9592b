/**
 * What a run could not tell about the memory of a server that is not our own: looks without an answer, other
 * lives, a rise that is no proof yet.
 */
import { counted, formatBytes, formatDuration } from '../core/units.ts';
import type { RunRecord } from '../record/run-record.ts';
import { loadMs } from './growth-of-run.ts';
import type { JudgedRun } from './judged-run.ts';
import type { Rise } from '../memory/rise.ts';
import { loadMinutesToTell } from '../memory/trend.ts';
import { restartsMs } from '../memory/server-memory.ts';
import type { Gap } from './finding.ts';
import { METRIC_UNITS } from './metrics.ts';

/** A busy server is late now and then. */
const MAX_UNREAD_SHARE = 0.1;
const MIN_UNREAD = 3;
/** The share of the memory before the run below which no collector gets under load. */
const FALLEN_SHARE = 0.5;

export function memoryGaps(run: JudgedRun): Gap[] {
  const { source } = run.server;
  if (source !== 'pid' && source !== 'metrics') return [];
  return [unread(run), restarted(run), fallen(run), rising(run), risen(run)].filter((gap) => gap !== null);
}

function unread({ series, server }: RunRecord): Gap | null {
  const unreadLooks = series.filter(({ rssBytes }) => rssBytes === null).length;
  if (
    server.down !== null ||
    server.stop !== null ||
    unreadLooks < MIN_UNREAD ||
    unreadLooks <= MAX_UNREAD_SHARE * series.length
  )
    return null;
  return {
    what: `the server's memory in ${unreadLooks} of ${counted(series.length, 'reading')}`,
    evidence: { unreadLooks, looks: series.length },
    hint:
      server.source === 'pid'
        ? 'A process of the server may belong to another user: run as that user or as root.'
        : 'Check that the server reports its memory within three seconds under this load.',
  };
}

function restarted({ server }: RunRecord): Gap | null {
  const restarts = restartsMs(server);
  const lastStartMs = restarts.at(-1);
  if (lastStartMs === undefined) return null;
  return {
    what: `the server's memory before its last restart, ${formatDuration(lastStartMs)} after the start of the load (${counted(restarts.length, 'restart')})`,
    evidence: { restarts: restarts.length, lastStartMs },
    hint: 'Find out why the server was restarted during the run.',
  };
}

/** Where no start time is told. Nothing is concluded from it: the trend goes over the fall, and so does not fail. */
function fallen({ server: { baseline, samples } }: RunRecord): Gap | null {
  const beforeBytes = baseline?.rssBytes ?? null;
  if (beforeBytes === null || baseline?.life !== null) return null;
  const low = samples.find(({ rssBytes }) => rssBytes !== null && rssBytes < FALLEN_SHARE * beforeBytes);
  if (low === undefined) return null;
  return {
    what: `whether the server was restarted (its memory fell from ${formatBytes(beforeBytes)} before the run to ${formatBytes(low.rssBytes as number)})`,
    evidence: { fellAtMs: low.tMs, baselineBytes: beforeBytes, fellToBytes: low.rssBytes },
    hint: 'Check whether the server was restarted during the run.',
  };
}

function rising({ growth, risesWithinGarbage, rise, server }: JudgedRun): Gap | null {
  if (!risesWithinGarbage) return null;
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  const { format } = METRIC_UNITS.bytesPerMinute;
  const figures = rise === null ? '' : `, ${riseText(rise)}`;
  return {
    what: `whether the growth of the server's memory (${format(bytesPerMinute as number)}${figures}) is a leak or garbage that will be collected`,
    evidence: {
      bytesPerMinute,
      lowBytesPerMinute: low,
      highBytesPerMinute: high,
      limitBytesPerMinute,
      ...(rise === null ? {} : riseEvidence(rise)),
    },
    hint:
      lazyHint(server) ??
      'Run longer: a short load must grow more to be a leak, since sse-probe cannot make this server collect its garbage.',
  };
}

/** What rose and has no verdict: never in silence. */
function risen(run: JudgedRun): Gap | null {
  const { rise, growth, risesWithinGarbage, server } = run;
  if (rise === null || risesWithinGarbage || growth.verdict === 'fail' || server.down !== null) return null;
  const isJudged = growth.verdict === 'pass';
  if (isJudged && rise.keptBytes === null) return null;
  const { beforeBytes, loadedBytes, evenBytesPerMinute } = rise;
  const minutes =
    isJudged || evenBytesPerMinute === null ? null : loadMinutesToTell(evenBytesPerMinute, loadedBytes ?? beforeBytes);
  const tooShort = growth.low === null ? ` (${formatDuration(loadMs(run))} of load is too short to judge)` : '';
  return {
    what: `whether the server's memory leaks: it rose ${riseText(rise)}${isJudged ? '' : tooShort}`,
    evidence: riseEvidence(rise),
    hint:
      lazyHint(server) ??
      (minutes === null
        ? 'Repeat the run against the same process: memory that a runtime keeps for later clients is reused, leaked memory is added.'
        : `At this rate a load of ${counted(minutes, 'minute')} is enough: --duration ${minutes}m.`),
  };
}

/** What to do about a runtime whose resident memory says little; null for any other one. */
export function lazyHint({ process: watched }: RunRecord['server']): string | null {
  if (watched === null || watched.lazyRuntime === null) return null;
  const such = watched.lazyRuntime === 'Java' ? ', such as jvm_gc_live_data_size_bytes' : '';
  return `${watched.lazyRuntime} may fill its heap up to the limit before it collects: with --server-metrics, give a metric taken after a collection${such}.`;
}

/** Both figures of a rise, and that without clients where it was read, to stand behind "rose". */
export function riseText({ beforeBytes, loadedBytes, settledBytes }: Rise): string {
  const before = `from ${formatBytes(beforeBytes)} before the run`;
  const after = settledBytes === null ? null : `${formatBytes(settledBytes)} after all clients disconnected`;
  if (loadedBytes === null) return after === null ? before : `${before} to ${after}`;
  return `${before} to ${formatBytes(loadedBytes)} at the end of the load${after === null ? '' : ` and ${after}`}`;
}

export function riseEvidence({ beforeBytes, loadedBytes, settledBytes }: Rise): Record<string, number | null> {
  return { beforeBytes, loadedBytes, settledBytes };
}
