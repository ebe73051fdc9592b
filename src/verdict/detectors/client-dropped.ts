import { markerText } from '../../core/stream-marker.ts';
import { counted, formatCount, formatDuration } from '../../core/units.ts';
import { adviceOnOneMoment } from '../../findings/cut-sentences.ts';
import type { Detected } from '../../findings/finding.ts';
import { limitToleranceMs } from '../../findings/cuts.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { endedWell } from '../../record/rotation.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';
import { cutAtStop } from '../planned-stop.ts';

/** A stream that its client was reading, and that ended all the same. */
export const clientDropped: Detector = {
  id: 'client-dropped',
  detect(record) {
    const { summary } = record;
    const byKind = droppedByKind(summary);
    const dropped = Object.values(byKind).reduce((sum, count) => sum + count, 0);
    const { notRecovered } = summary.counts;
    if (dropped + notRecovered === 0) return brokenAfterEnd(record) ?? cutAtStop(record);
    const evidence = { dropped, byKind, byCause: Object.fromEntries(summary.dropsByCause) };
    if (record.until === null && isRestart(summary)) {
      return {
        severity: 'warn',
        title: `${counted(dropped, 'stream')} ended cleanly at the same moment, as at a restart; all clients reconnected${summary.counts.returnsUnheard === 0 ? ' and missed nothing' : ''}.`,
        evidence: { ...evidence, together: summary.counts.diedTogether },
        hint: 'Announce a restart with a final event or comment (`: shutdown`), and add jitter to `retry:`, so that clients do not reconnect all at the same time.',
      };
    }
    const words = [
      ...(dropped > 0
        ? [`${counted(dropped, 'stream')} ended ${howEarly(record)}${howAndWhen(summary, dropped)}`]
        : []),
      ...(notRecovered > 0 ? [`${counted(notRecovered, 'client')} did not reconnect after an incident`] : []),
    ];
    return {
      title: `${words.join('; ')}.`,
      evidence: { ...evidence, ...(notRecovered > 0 ? { notRecovered } : {}), ...finiteEvidence(record) },
      ...adviceOn(record, dropped),
    };
  },
};

function droppedByKind(summary: Summary): Record<string, number> {
  const byKind: Record<string, number> = {};
  for (const [kind, { dropped, unreadable }] of summary.byKind) {
    // What could not be read any more has findings of its own.
    if (kind !== 'slow' && dropped > unreadable) byKind[kind] = dropped - unreadable;
  }
  return byKind;
}

/** The share of streams that ended at one instant with many others. */
const TOGETHER_SHARE = 0.9;

/** The server was ended in good order and started again in the middle of the run, and nobody lost anything. */
function isRestart(summary: Summary): boolean {
  return endedWell(summary) && endedAtOnce(summary) && summary.total('reconnects') >= summary.total('dropped');
}

/** All but a few streams ended at one instant with many others, and left none alive. */
function endedAtOnce({ counts, times }: Summary): boolean {
  const atOnce = counts.diedTogether - counts.diedApart;
  return atOnce > 0 && atOnce >= TOGETHER_SHARE * times.deathAge.count;
}

function howEarly({ until }: RunRecord): string {
  return until === null ? 'although the client was reading' : `before \`--until ${markerText(until)}\``;
}

/** By which causes, where they are known of these streams alone, and at which age the oldest of them. */
function howAndWhen({ dropsByCause, times }: Summary, dropped: number): string {
  const causes = [...dropsByCause].toSorted(([, one], [, other]) => other - one);
  const known = causes.reduce((sum, [, count]) => sum + count, 0);
  const how =
    known === dropped ? ` (${causes.map(([cause, count]) => `${formatCount(count)} ${cause}`).join(', ')})` : '';
  const { deathAge } = times;
  return deathAge.count !== dropped ? how : `${how}; the oldest was ${formatDuration(deathAge.percentile(100))} old`;
}

function adviceOn(record: RunRecord, dropped: number): { hint?: string } {
  if (record.until !== null) return dropped > 0 ? { hint: adviceOnEarlyEnds(record) } : {};
  if (!endedAtOnce(record.summary)) return {};
  return { hint: adviceOnOneMoment(silenceOfAll(record.summary.times.deathSilence)) };
}

/** The silence behind which all streams ended; 0 where they were silent for different times. */
function silenceOfAll(silences: TimeHistogram): number {
  const silenceMs = silences.percentile(50);
  const apartMs = silences.percentile(95) - silences.percentile(5);
  return apartMs > limitToleranceMs(silenceMs) ? 0 : silenceMs;
}

function adviceOnEarlyEnds({ summary }: RunRecord): string {
  if (summary.counts.completed === 0)
    return 'No stream reached it: write the last event exactly as the server sends it (`sse-probe listen` shows it). If it is correct, find out why no response is completed.';
  return 'These responses were cut: look for errors at that time in the log of the server, and for timeouts on the path (proxy read timeout, server write timeout).';
}

function finiteEvidence({ until, summary: { counts } }: RunRecord): Record<string, unknown> {
  if (until === null) return {};
  return { until: markerText(until), completed: counts.completed, unfinished: counts.unfinished };
}

/** All was said, so nobody lost anything; but a client cannot tell such an end from a crash. */
function brokenAfterEnd(record: RunRecord): Detected | null {
  const { until, summary } = record;
  const broken = [...summary.brokenAfterEnd.values()].reduce((sum, count) => sum + count, 0);
  if (until === null || broken === 0) return null;
  return {
    severity: 'warn',
    title: `${counted(broken, 'stream')} reached \`${markerText(until)}\` and then broke off (${[...summary.brokenAfterEnd.keys()].join(', ')}).`,
    evidence: { broken, byCause: Object.fromEntries(summary.brokenAfterEnd), ...finiteEvidence(record) },
    hint: 'End the response after its last event (`res.end()`): without the last chunk clients cannot distinguish the end from a crash (RFC 9112, 8).',
  };
}
