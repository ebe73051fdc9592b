/** The two pictures of a probe in text: where the time went, and when what arrived. */
import { formatDuration } from '../../core/units.ts';
import type { ProbeResult, Timings } from '../../probe/result.ts';
import type { Paint } from '../paint.ts';

const LABEL_COLUMNS = 13;
const FIGURE_COLUMNS = 9;
const MAX_BAR = 60;
const EVENT = '▮';
const COMMENT = '·';
const BYTES = '▫';

/** One row a phase, each where it began: connection first, then what counts from the request. */
export function waterfall(timings: Timings, columns: number, paint: Paint): string[] {
  const { dns, connect, tls, headers, firstByte, firstEvent } = timings;
  const askedMs = (dns ?? 0) + (connect ?? 0) + (tls ?? 0);
  const rows: [label: string, fromMs: number, tookMs: number | null][] = [
    ['dns', 0, dns],
    ['connect', dns ?? 0, connect],
    ['tls', (dns ?? 0) + (connect ?? 0), tls],
    ['headers', askedMs, headers],
    ['first byte', askedMs + (headers ?? 0), less(firstByte, headers)],
    ['first event', askedMs + (firstByte ?? 0), less(firstEvent, firstByte)],
  ];
  const present = rows.filter((row): row is [string, number, number] => row[2] !== null);
  if (present.length === 0) return [];
  const totalMs = Math.max(...present.map(([, fromMs, tookMs]) => fromMs + tookMs));
  const room = Math.min(columns - LABEL_COLUMNS - FIGURE_COLUMNS - 4, MAX_BAR);
  return present.map(([label, fromMs, tookMs]) => {
    const from = Math.min(Math.round((fromMs / (totalMs || 1)) * room), room - 1);
    const length = Math.max(1, Math.min(Math.round((tookMs / (totalMs || 1)) * room), room - from));
    return `  ${paint.dim(label.padEnd(LABEL_COLUMNS))}${formatDuration(tookMs).padStart(FIGURE_COLUMNS)}  ${' '.repeat(from)}${paint.good('━'.repeat(length))}`;
  });
}

/** One line of time: an event, a comment, bytes without an end of either. */
export function timeline({ arrivals, durationMs }: ProbeResult, columns: number, paint: Paint): string[] {
  if (arrivals.length === 0 || durationMs <= 0) return [];
  const room = Math.min(columns - LABEL_COLUMNS - 3, MAX_BAR + FIGURE_COLUMNS);
  const cells = Array.from<string>({ length: room }).fill(' ');
  for (const { atMs, events, comments } of arrivals) {
    const at = Math.min(Math.floor((atMs / durationMs) * room), room - 1);
    if (events > 0) cells[at] = EVENT;
    else if (cells[at] !== EVENT) cells[at] = comments > 0 ? COMMENT : cells[at] === COMMENT ? COMMENT : BYTES;
  }
  const label = `0s to ${formatDuration(durationMs)}`;
  return [
    `  ${paint.dim('arrivals'.padEnd(LABEL_COLUMNS))}${cells.join('').trimEnd()}`,
    `  ${' '.repeat(LABEL_COLUMNS)}${paint.dim(`${label} · ${EVENT} event ${COMMENT} comment`)}`,
  ];
}

function less(a: number | null, b: number | null): number | null {
  return a === null ? null : a - (b ?? 0);
}
