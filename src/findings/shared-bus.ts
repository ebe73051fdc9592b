/** What lets all instances of a service hear what one of them publishes. */
export const SHARED_BUS =
  'subscribe each instance separately to a message bus on which all publish (Redis pub/sub, NATS, a fanout exchange, one Kafka group per instance); do not share one queue';
