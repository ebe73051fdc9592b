/**
 * At the end of the load: which streams had flowed and are silent since some time, and whether somebody who comes now is
 * sent what they are not.
 */
import type { Subscription } from '../../client/subscription.ts';
import { GREETING_MS } from '../../findings/bounds.ts';
import { isLongSilence } from '../../findings/dead-streams.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { SILENCE_FIGURES } from '../../record/load-figures.ts';
import type { Newcomer } from './newcomer.ts';

/** The share of the open streams that has to be silent: else it is not everybody. */
const ALMOST_ALL = 0.9;

export interface LookingOn {
  /** Made only where it is needed. @param lastIds the last id of each stream that is silent */
  newcomer: (lastIds: readonly string[]) => Newcomer;
  /** How long the streams waited for a response head, nearly all of them. */
  headMs: number;
  nowMs: () => number;
  signal: AbortSignal;
}

export class SilenceWatch {
  private readonly clients: readonly Subscription[];
  private readonly figures: Measured<typeof SILENCE_FIGURES>;

  constructor(clients: readonly Subscription[], measured: Measured<typeof SILENCE_FIGURES>) {
    this.clients = clients;
    this.figures = measured;
  }

  /** Lets somebody come where almost all streams are silent. */
  async ask({ newcomer, headMs, nowMs, signal }: LookingOn): Promise<void> {
    const silent = this.silentBy(nowMs());
    if (silent.length === 0 || silent.length < this.open().length * ALMOST_ALL) return;
    const usualMs = Math.max(...silent.map(({ longestSilenceMs }) => longestSilenceMs));
    const lastIds = silent.map(({ parser }) => parser.lastEventId);
    countUp(this.figures.newcomer, await newcomer(lastIds).listen(usualMs, headMs, signal));
  }

  /** @param startMs when the first client came */
  close(nowMs: number, startMs: number): void {
    const { silentSince, silentFor, silentOpened, silentUsually } = this.figures.times;
    for (const { lastByteMs, openedMs, longestSilenceMs } of this.silentBy(nowMs)) {
      silentSince.record(lastByteMs - startMs);
      silentFor.record(nowMs - lastByteMs);
      silentOpened.record(openedMs - startMs);
      silentUsually.record(longestSilenceMs);
    }
  }

  private open(): readonly Subscription[] {
    return this.clients.filter(
      ({ behaviour, state, completed }) => behaviour.kind === 'healthy' && state === 'open' && !completed,
    );
  }

  private silentBy(nowMs: number): readonly Subscription[] {
    return this.open().filter(
      ({ openedMs, lastByteMs, longestSilenceMs, heardEvent }) =>
        heardEvent && lastByteMs - openedMs > GREETING_MS && isLongSilence(nowMs - lastByteMs, longestSilenceMs),
    );
  }
}
