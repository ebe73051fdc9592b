/** An observer that notes nothing: one that wants to know of a few things alone says only these. */
import type { SubscriptionObserver } from './subscription.ts';

export const DEAF_OBSERVER: SubscriptionObserver = {
  onConnected: () => {},
  onOpen: () => {},
  onEvent: () => {},
  onComment: () => {},
  onMalformed: () => {},
  onRead: () => {},
  onRest: () => {},
  onSplitMark: () => {},
  onNoRoom: () => {},
  onCoded: () => {},
  onUnheard: () => {},
  onNoData: () => {},
  onLeft: () => {},
  onLost: () => {},
  onAdjusted: () => {},
};
