/** What lets all instances of a service hear what one of them publishes. */
export const SHARED_BUS =
  'let each instance subscribe by itself to a bus on which all publish (Redis pub/sub, NATS, a fanout exchange, a Kafka group of its own), not take from one queue with the others';
