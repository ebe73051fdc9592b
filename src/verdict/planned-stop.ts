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
  'End every stream on SIGTERM, before the server waits for its connections: in Node, keep a list of the responses and call `res.end()` on each, besides `server.close()`; in Go, register a cancel with `server.RegisterOnShutdown` that every handler selects on, since `Shutdown` waits for the handlers; in Python, leave the generator when the application shuts down (uvicorn: `--timeout-graceful-shutdown`); elsewhere, make the handler wait for the shutdown signal as well as for the next event.';

const HEAR_IT =
  'Check that the signal reaches the server: the first process of a container ignores it without a handler, and a shell or `npm` in front does not forward it (use `exec`, or `docker run --init`). Then stop accepting, end every stream, and exit.';

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
      title: `${told} ${stillOpen === streams ? 'its' : `${formatCount(stillOpen)} of its`} ${counted(streams, 'stream')} ${streams === 1 ? 'was' : 'were'} still open ${after} later: ${stop.listensAgain ? 'it continues and accepts new clients' : 'it waits for streams that never end, and stops only when it is killed'}.`,
      evidence,
      hint: stop.listensAgain ? HEAR_IT : END_THEM,
      explains: false,
    };
  }
  return {
    severity: 'warn',
    title: `${told} its process ${pid} was still running ${after} later, although its streams had ended${endedAfter(run)}.`,
    evidence,
    hint: 'Find out what keeps it running: timers, keep-alive connections (in Node call `server.closeIdleConnections()`), workers that do not get the signal.',
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
    title: `${formatCount(count)} of ${counted(streams, 'stream')} broke off when the server was told to stop (${cut.map(([how]) => how).join(', ')}), which clients cannot distinguish from a crash.`,
    evidence: { cut: count, streams, ends: Object.fromEntries(stopEnds) },
    hint: 'On SIGTERM, end each response completely (`res.end()`), ideally after a final comment or event (`: shutdown`) and a `retry:` with jitter, and then exit.',
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
      ? `process still running after ${formatDuration(Math.round(stop.watchedMs))}`
      : `process gone after ${formatDuration(Math.round(stop.goneMs))}`;
  const back =
    stop.listensAgain && times.recovery.count > 0
      ? `; ${formatCount(times.recovery.count)} clients reconnected after at most ${formatDuration(times.recovery.percentile(100))}`
      : '';
  return `${formatCount(ends)} of ${counted(streams, 'stream')} ended${endedAfter(run)}${how === '' ? '' : `: ${how}`}; ${gone}${back}`;
}

export function stopGaps(run: RunRecord): (Gap | null)[] {
  const { stop } = run.server;
  if (stop === null) return [];
  if (stop.untold !== null) {
    return [
      {
        what: `how the server stops: the signal was not sent, since ${stop.untold}`,
        evidence: { untold: stop.untold },
        hint: 'Find out why it had stopped before.',
      },
    ];
  }
  if (stop.goneMs === null && stop.watchedMs < stop.graceMs) {
    return [
      {
        what: `whether the server stops within ${formatDuration(stop.graceMs)} of SIGTERM: the run ended after ${formatDuration(Math.round(stop.watchedMs))}`,
        evidence: { watchedMs: Math.round(stop.watchedMs) },
        hint: 'Do not interrupt the run.',
      },
    ];
  }
  if (stop.goneMs === null || stop.listensAgain) return [];
  return [
    {
      what: 'whether clients reconnect: no server listened again after the stop',
      evidence: { notBack: run.summary.counts.notBackAfterStop },
      hint: 'Use something that restarts the server (systemd, a container, a shell loop), or start it again by hand.',
    },
  ];
}

function endedAfter({ summary: { times } }: RunRecord): string {
  return times.stopEnd.count === 0 ? '' : ` after at most ${formatDuration(times.stopEnd.percentile(100))}`;
}
