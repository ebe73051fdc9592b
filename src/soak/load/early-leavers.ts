/**
 * Churn that a server notices least: clients that are gone before their stream has begun. In turn they leave while
 * they connect, with FIN before the head, and with RST before the head. They belong to nobody's account: what they
 * leave behind shows in the server's own count of clients.
 */
import { behaviours } from '../../client/behaviour.ts';
import { DEAF_OBSERVER } from '../../client/deaf-observer.ts';
import { Subscription, type SubscriptionContext } from '../../client/subscription.ts';

export class EarlyLeavers {
  /** How many have come and gone. */
  count = 0;
  private readonly context: SubscriptionContext;
  private readonly retryMs: number;

  constructor(context: SubscriptionContext, retryMs: number) {
    this.retryMs = retryMs;
    this.context = {
      ...context,
      observer: {
        ...DEAF_OBSERVER,
        onConnected: (client) => client.stop(client.armed ? 'rst' : 'fin'),
        // Only on a connection that is answered before it is reported: gone all the same.
        onOpen: (client) => client.stop('rst'),
        onLost: (client) => client.stop('rst'),
      },
    };
  }

  /** @param index whose source address it takes */
  come(index: number): void {
    const turn = this.count % 3;
    this.count += 1;
    this.context.nowMs = this.context.clock.nowMs();
    const client = new Subscription(index, behaviours.healthy, this.context, { retryMs: this.retryMs });
    client.armed = turn === 2;
    client.connect();
    if (turn === 0) client.stop('rst');
  }
}
