/** What lets all instances of a service hear what one of them publishes. */
export const SHARED_BUS =
  'let every instance hear all that is published, over a bus with a subscription for each (Redis pub/sub, NATS, a fanout exchange of RabbitMQ, a consumer group of Kafka for each instance), not over one queue that they share';
