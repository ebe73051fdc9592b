/**
 * Small writes that wait for an acknowledgement: Nagle's algorithm (RFC 1122, 4.2.3.4) holds them until what went before is
 * acknowledged, and the other side delays that (4.2.3.2) by 40 ms on Linux and by 200 ms elsewhere, as long as a socket
 * stays corked. Events are late by one of these times, or their second half is. What `probe` and `soak` say of it.
 */
import { formatDuration } from '../core/units.ts';

interface Delay {
  delayMs: number;
  /** Nothing comes before this, some by `soonMs`, and most of it by `toMs`: a busy machine adds to it. */
  fromMs: number;
  soonMs: number;
  toMs: number;
}

const DELAYS: readonly Delay[] = [
  { delayMs: 40, fromMs: 38, soonMs: 46, toMs: 60 },
  { delayMs: 200, fromMs: 197, soonMs: 212, toMs: 260 },
];
/** What is late by less is not late. */
const LATE_MS = 15;
/**
 * The parts of all late events that may be late by less, and that are late by the delay. A process that stands still reads
 * the first part of an event late, so that the rest seems to come sooner, and the rest late: where we did, more may lie on
 * either side.
 */
const CALM = { lessShare: 0.05, mostShare: 0.6 } as const;
const DISTURBED = { lessShare: 0.2, mostShare: 0.45 } as const;
/** What is late by the delay comes soon after it: so large a part of it, and so many times what comes shortly before. */
const SOON_SHARE = 0.3;
const EDGE_TIMES = 3;
/** And that is no small part of all. */
const LATE_SHARE = 0.3;
const LEAST_SAMPLES = 8;

export interface Lateness {
  /** How many samples there are, and how many lie above a time. */
  count: number;
  countAbove(ms: number): number;
}

export interface Delayed {
  delayMs: number;
  delayed: number;
  of: number;
}

interface Seen {
  /** How many could have been late, where that are more than the samples. */
  of?: number;
  /** For how long we stood still at most, and may have read what began a time late. */
  ownStopMs?: number;
}

export function delayedBy({ count, countAbove }: Lateness, { of = count, ownStopMs = 0 }: Seen = {}): Delayed | null {
  const late = countAbove(LATE_MS);
  const { lessShare, mostShare } = ownStopMs >= LATE_MS ? DISTURBED : CALM;
  for (const { delayMs, fromMs, soonMs, toMs } of DELAYS) {
    const above = countAbove(fromMs);
    const delayed = above - countAbove(toMs);
    const soon = above - countAbove(soonMs);
    const shortlyBefore = countAbove(2 * fromMs - soonMs) - above;
    const isSharp =
      late - above <= late * lessShare && soon >= delayed * SOON_SHARE && soon >= shortlyBefore * EDGE_TIMES;
    if (!isSharp || delayed < LEAST_SAMPLES || delayed < late * mostShare || delayed < of * LATE_SHARE) continue;
    return { delayMs, delayed, of };
  }
  return null;
}

const WHY = "as when small writes wait for a delayed acknowledgement (Nagle's algorithm, or a corked socket)";

export function sentLateSays({ delayMs, delayed, of }: Delayed): string {
  return `${Math.round((delayed / of) * 100)} % of ${of} events arrived ${formatDuration(delayMs)} late and hardly any sooner, ${WHY}`;
}

export function inPartsSays({ delayMs, delayed, of }: Delayed): string {
  return `${delayed} of ${of} events arrived in two parts, the second ${formatDuration(delayMs)} later, ${WHY}`;
}

export const DELAYED_WRITES_ADVICE =
  "Write each event, with its fields and its blank line, in one write, and turn Nagle's algorithm off: `socket.setNoDelay()` in Node (`noDelay` of `http.createServer`), TCP_NODELAY elsewhere; `tcp_nodelay on` and `tcp_nopush off` in nginx, `option http-no-delay` in HAProxy, no TCP_CORK.";
