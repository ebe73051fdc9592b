/** What is told of each simulated client while it runs. */
import type { Cause } from '../core/causes.ts';
import type { ResponseHead } from '../wire/transport.ts';
import type { Adjustment } from './client-state.ts';
import type { StreamEvent } from './event-cache.ts';
import type { LineObserver } from './event-reader.ts';

/**
 * One shared object, called for every event of every client, so it must be quick.
 * @typeParam Client what a client is: a parameter, so that this file does not import what imports it
 */
export interface ClientObserver<Client> extends LineObserver {
  onConnected(client: Client): void;
  onOpen(client: Client, head: ResponseHead): void;
  onEvent(client: Client, event: StreamEvent): void;
  onComment(client: Client, text: string): void;
  /** The client left an open stream of its own accord. */
  onLeft(client: Client): void;
  /** The stream ended, or an attempt failed, and not by our doing. `wasOpen`: events had begun to flow. */
  onLost(client: Client, cause: Cause, detail: string, wasOpen: boolean): void;
  onAdjusted(client: Client, adjustment: Adjustment): void;
}
