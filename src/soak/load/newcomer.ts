/**
 * A client that comes when all streams have fallen silent, beside those of the plan: it hears what they should hear, or it
 * does not. It is in nobody's account.
 */
import { behaviours } from '../../client/behaviour.ts';
import { DEAF_OBSERVER } from '../../client/deaf-observer.ts';
import { Subscription, type SubscriptionContext } from '../../client/subscription.ts';
import { pause } from '../../core/pause.ts';
import { GREETING_MS } from '../../findings/bounds.ts';
import { isBehind, saysNobodyBehind, type Newcomer as Heard } from '../../findings/dead-streams.ts';
import { isHeartbeat, isNotice } from '../../accounts/server-words.ts';

/** It waits at least so long for an event, and at most. */
const LEAST_WAIT_MS = 3000;
const MOST_WAIT_MS = 8000;
const STEP_MS = 50;
/** Where streams usually open in less, one that is not open by then is not opened by anybody. */
const USUALLY_OPEN_MS = 1000;

export class Newcomer {
  private readonly context: SubscriptionContext;
  private readonly client: Subscription;
  private events = 0;
  private news = 0;
  private refused = false;
  private opened = false;

  /** @param lastIds the last id of each stream that is silent */
  constructor(context: SubscriptionContext, index: number, retryMs: number, lastIds: readonly string[]) {
    this.context = {
      ...context,
      observer: {
        ...DEAF_OBSERVER,
        onOpen: () => {
          this.opened = true;
        },
        onEvent: (client, { type, id }) => {
          // What comes at once is a greeting, or history.
          if (client.context.nowMs - client.openedMs < GREETING_MS) return;
          if (isHeartbeat(type) || isNotice(type)) return;
          this.events += 1;
          if (id !== null && lastIds.length > 0 && lastIds.every((last) => isBehind(id, last))) this.news += 1;
        },
        onLost: (client, cause, detail, wasOpen) => {
          client.stop('fin');
          const status = Number(/^status (\d+)/.exec(detail)?.[1] ?? Number.NaN);
          this.refused ||= !wasOpen && (cause === 'refused' || saysNobodyBehind(status));
        },
      },
    };
    this.client = new Subscription(index, behaviours.healthy, this.context, { retryMs });
  }

  /**
   * @param usualMs the longest silence of the streams before they fell silent
   * @param headMs how long others waited for a response head
   */
  async listen(usualMs: number, headMs: number, signal: AbortSignal): Promise<Heard> {
    const { client } = this;
    this.context.nowMs = this.context.clock.nowMs();
    client.connect();
    const waitMs = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, GREETING_MS + 2 * usualMs));
    for (let waitedMs = 0; waitedMs < waitMs && this.events === 0 && client.state !== 'closed'; waitedMs += STEP_MS) {
      if (signal.aborted) break;
      await pause(STEP_MS);
    }
    const unanswered = !this.opened && client.state === 'requesting' && headMs < USUALLY_OPEN_MS;
    client.stop('fin');
    if (this.events > 0) return this.news > 0 ? 'news' : 'hears';
    return (this.refused || unanswered) && !signal.aborted ? 'refused' : 'quiet';
  }
}
