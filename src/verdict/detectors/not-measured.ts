import { counted, formatBytes, formatDuration } from '../../core/units.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { lookedTooSoon } from '../../memory/server-memory.ts';
import { eventGaps } from '../event-gaps.ts';
import type { Detector, Gap } from '../finding.ts';
import { memoryGaps } from '../memory-gaps.ts';

/** What the run was asked to judge and could not: said, never guessed. */
export const notMeasured: Detector = {
  id: 'not-measured',
  detect(record) {
    const gaps = [
      // What rises is the gravest of all: a long sentence is cut at its end.
      ...memoryGaps(record),
      evictions(record),
      ...eventGaps(record),
      setClock(record),
      leftOvers(record),
      degraded(record),
    ].filter((gap) => gap !== null);
    if (gaps.length === 0) return null;
    return {
      title: `Not measured: ${gaps.map(({ what }) => what).join('; ')}.`,
      evidence: Object.assign({}, ...gaps.map(({ evidence }) => evidence)) as Record<string, unknown>,
      hint: gaps.map(({ hint }) => hint).join(' '),
    };
  },
};

function degraded({ degraded: why }: RunRecord): Gap | null {
  if (why === null) return null;
  return {
    what: `what this machine cannot do: ${why}`,
    evidence: { degraded: why },
    hint: 'Run it where clients can vanish: Linux with iproute2, and root or user namespaces.',
  };
}

function evictions({ summary, expectations, swallowedBytes }: RunRecord): Gap | null {
  const { evictionsUnknown } = summary.counts;
  if (evictionsUnknown === 0) return null;
  const enough =
    swallowedBytes > 0
      ? `${formatBytes(swallowedBytes)} here so far`
      : "5MiB where no row of the kernel's table tells: over HTTP/2, and on other machines";
  return {
    what: `the eviction of ${counted(evictionsUnknown, 'stalled client')}`,
    evidence: { evictionsUnknown, evictWithinMs: expectations.evictWithinMs, swallowedBytes },
    hint: `A stalled client shows when more is sent to it than the kernels swallow (${enough}), and the run lasts longer than --evict-within after that: send more or larger events, or run longer.`,
  };
}

/** Our own: what a server's clock says cannot be held against it any more. */
function setClock({ generator: { clockStep }, summary: { counts } }: RunRecord): Gap | null {
  if (clockStep === null || counts.untimed === 0) return null;
  const { atMs, byMs } = clockStep;
  return {
    what: `latency from ${formatDuration(atMs)} on (the clock of this machine was set ${byMs < 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(byMs))})`,
    evidence: { untimed: counts.untimed, clockStep },
    hint: 'Let nothing set the clock during a run.',
  };
}

/** A server that was asked too early, or did not answer, may hold nothing or everything. */
function leftOvers({ server, summary }: RunRecord): Gap | null {
  if (server.source === 'none' || server.down !== null || summary.total('connected') === 0) return null;
  if (server.settled !== null && !lookedTooSoon(server)) return null;
  // Of a server that we found ourselves nobody asked for it, and a process does not tell its clients.
  if (server.settled !== null && server.process !== null && server.process.listensOn !== null) return null;
  return {
    what: 'what the server holds after all clients left',
    evidence: { clientsAfter: server.settled?.clients ?? null },
    hint: 'Let the run come to its end, with a --settle of a few seconds.',
  };
}
