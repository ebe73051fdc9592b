/**
 * An A/B inside the run: what healthy clients lived through before other clients stalled, while the server kept
 * such clients, and after it had removed the last one.
 *
 * Costs nothing for an event: at each change of phase the difference to what the histograms held at the one before
 * goes to the phase that is over.
 */
import { figures, type Measured, type ReadTimes } from './figures.ts';
import { TimeHistogram } from './histogram.ts';

export const STALL_PHASE_FIGURES = figures({
  counts: [
    /** Events that came in a bunch, and events that were due and did not come, while clients stalled. */
    'bunchedWhileStalled',
    'unheardWhileStalled',
  ],
  times: [
    /** Latency from when an event was due, by what other clients did meanwhile. */
    'latencyBeforeStall',
    'latencyWhileStalled',
    'latencyAfterStall',
    /** Latency from when an event was sent. */
    'sentWhileStalled',
  ],
});
type StallPhaseFigures = Measured<typeof STALL_PHASE_FIGURES> &
  ReadTimes<'latency' | 'latencySent' | 'latencyCensored'>;

type Phase = 'before' | 'stalled' | 'after';
const LATENCY = {
  before: 'latencyBeforeStall',
  stalled: 'latencyWhileStalled',
  after: 'latencyAfterStall',
} as const satisfies Readonly<Record<Phase, keyof StallPhaseFigures['times']>>;

export class StallPhases {
  private phase: Phase = 'before';
  private readonly summary: StallPhaseFigures;
  private readonly bunchedSoFar: () => number;
  private latency = new TimeHistogram();
  private sent = new TimeHistogram();
  private bunched = 0;
  private censored = 0;

  /** @param bunchedSoFar events that came in a bunch */
  constructor(summary: StallPhaseFigures, bunchedSoFar: () => number) {
    this.summary = summary;
    this.bunchedSoFar = bunchedSoFar;
  }

  /** @param stalling whether the server now keeps clients that accept nothing */
  look(stalling: boolean): void {
    if (stalling === (this.phase === 'stalled')) return;
    if (!stalling && this.phase === 'before') return;
    this.settle();
    this.phase = stalling ? 'stalled' : 'after';
  }

  /** What was measured since the last change goes to its phase. */
  settle(): void {
    const {
      phase,
      summary: { times, counts },
    } = this;
    times[LATENCY[phase]].add(times.latency.since(this.latency));
    if (phase === 'stalled') {
      times.sentWhileStalled.add(times.latencySent.since(this.sent));
      counts.bunchedWhileStalled += this.bunchedSoFar() - this.bunched;
      counts.unheardWhileStalled += times.latencyCensored.count - this.censored;
    }
    this.latency = times.latency.copy();
    this.sent = times.latencySent.copy();
    this.bunched = this.bunchedSoFar();
    this.censored = times.latencyCensored.count;
  }
}
