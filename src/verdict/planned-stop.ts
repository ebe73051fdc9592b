/**
 * What a server did that the plan told to stop: whether its streams ended and its process went within its grace, how its
 * clients heard of it, and whether they had streams again. What is planned is no fault: a server that goes in order is
 * not down, and that nobody starts it again is not held against it.
 */
import { counted, formatCount, formatDuration } from '../core/units.ts';
import type { Detected } from '../findings/finding.ts';
import type { PlannedStop } from '../memory/server-memory.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Gap } from './finding.ts';

/** An end that a client can tell from a crash. */
const IN_ORDER = new Set(['told', 'eof-clean']);

const END_THEM =
  'End every stream on SIGTERM, before the server waits for its connections: in Node keep the responses and `res.end()` each beside `server.close()`; in Go `server.RegisterOnShutdown` a cancel that every handler selects on, since `Shutdown` waits for them; in Python leave the generator when the application shuts down (uvicorn: `--timeout-graceful-shutdown`); in others let the handler wait for the shutdown signal as well as for the next event.';

const HEAR_IT =
  'Look whether the signal reaches the server: the first process of a container has no handler unless it sets one, and a shell or `npm` before it does not hand it on (`exec`, `docker run --init`). Then stop accepting, end every stream, and exit.';

function wasTold(run: RunRecord): PlannedStop | null {
  const { stop } = run.server;
  return stop === null || stop.untold !== null ? null : stop;
}

/** The streams that the server was to end: without those whose clients left of their own accord meanwhile. */
function streamsAtStop({ summary: { counts, stopEnds } }: RunRecord): number {
  return [...stopEnds.values()].reduce((sum, ends) => sum + ends, counts.openAfterStop);
}

/** Told to stop, and still there when its grace was over. */
export function stopHangs(run: RunRecord): Detected | null {
  const stop = wasTold(run);
  if (stop === null || stop.goneMs !== null || stop.watchedMs < stop.graceMs) return null;
  const stillOpen = run.summary.counts.openAfterStop;
  const streams = streamsAtStop(run);
  const { pid, atMs, graceMs, watchedMs } = stop;
  const told = `The server was told to stop (SIGTERM) at ${formatDuration(atMs)}, and`;
  const evidence = { pid, atMs, graceMs, streams, stillOpen, ends: Object.fromEntries(run.summary.stopEnds) };
  const after = formatDuration(Math.round(watchedMs / 1000) * 1000);
  if (stillOpen > 0) {
    return {
      title: `${told} ${stillOpen === streams ? 'its' : `${formatCount(stillOpen)} of its`} ${counted(streams, 'stream')} ${streams === 1 ? 'was' : 'were'} still open ${after} later: ${stop.listensAgain ? 'it goes on as before, and takes new clients' : 'it waits for streams that never end, and goes only when it is killed'}.`,
      evidence,
      hint: stop.listensAgain ? HEAR_IT : END_THEM,
      explains: false,
    };
  }
  return {
    severity: 'warn',
    title: `${told} its process ${pid} was still there ${after} later, although its streams had ended${endedAfter(run)}.`,
    evidence,
    hint: 'Look what keeps it: timers, connections that are kept alive (in Node `server.closeIdleConnections()`), workers that are not told.',
    explains: false,
  };
}

/** Streams that broke off when the server was told to stop. */
export function cutAtStop(run: RunRecord): Detected | null {
  if (wasTold(run) === null) return null;
  const { stopEnds } = run.summary;
  const streams = streamsAtStop(run);
  const cut = [...stopEnds].filter(([how]) => !IN_ORDER.has(how));
  const count = cut.reduce((sum, [, ends]) => sum + ends, 0);
  if (count === 0) return null;
  return {
    severity: 'warn',
    title: `${formatCount(count)} of ${counted(streams, 'stream')} broke off when the server was told to stop (${cut.map(([how]) => how).join(', ')}): a client cannot tell that from a crash.`,
    evidence: { cut: count, streams, ends: Object.fromEntries(stopEnds) },
    hint: 'On SIGTERM end each stream as a whole response (`res.end()`), best behind a last comment or event (`: shutdown`) and a `retry:` that is spread, and exit then.',
    explains: false,
  };
}

export function stopJudgedBy(run: RunRecord): string | null {
  const stop = wasTold(run);
  if (stop === null) return null;
  const { counts, stopEnds, times } = run.summary;
  const streams = streamsAtStop(run);
  const ends = streams - counts.openAfterStop;
  const how = [...stopEnds].map(([cause, count]) => `${formatCount(count)} ${cause}`).join(', ');
  const gone =
    stop.goneMs === null
      ? `process there after ${formatDuration(Math.round(stop.watchedMs))}`
      : `process gone after ${formatDuration(Math.round(stop.goneMs))}`;
  const back =
    stop.listensAgain && times.recovery.count > 0
      ? `; ${formatCount(times.recovery.count)} clients back after at most ${formatDuration(times.recovery.percentile(100))}`
      : '';
  return `${formatCount(ends)} of ${counted(streams, 'stream')} ended${endedAfter(run)}${how === '' ? '' : `: ${how}`}; ${gone}${back}`;
}

export function stopGaps(run: RunRecord): (Gap | null)[] {
  const { stop } = run.server;
  if (stop === null) return [];
  if (stop.untold !== null) {
    return [
      {
        what: `how the server stops: it was not told, since ${stop.untold}`,
        evidence: { untold: stop.untold },
        hint: 'Look why it was gone before.',
      },
    ];
  }
  if (stop.goneMs === null && stop.watchedMs < stop.graceMs) {
    return [
      {
        what: `whether the server goes within ${formatDuration(stop.graceMs)} of SIGTERM: the run ended after ${formatDuration(Math.round(stop.watchedMs))}`,
        evidence: { watchedMs: Math.round(stop.watchedMs) },
        hint: 'Let the run come to its end.',
      },
    ];
  }
  if (stop.goneMs === null || stop.listensAgain) return [];
  return [
    {
      what: 'whether clients come back: nothing listened again when the server had stopped',
      evidence: { notBack: run.summary.counts.notBackAfterStop },
      hint: 'Run it under what starts the server again (systemd, a container, a loop in a shell), or start it anew by hand.',
    },
  ];
}

function endedAfter({ summary: { times } }: RunRecord): string {
  return times.stopEnd.count === 0 ? '' : ` after at most ${formatDuration(times.stopEnd.percentile(100))}`;
}
