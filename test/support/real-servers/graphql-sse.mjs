/** graphql-sse in its distinct connections mode: a subscription for each stream, asked for by its query. */
import { createServer } from 'node:http';
import { on, EventEmitter } from 'node:events';
import { GraphQLFloat, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { eachPrice } from './prices.mjs';

const feed = new EventEmitter().setMaxListeners(0);
eachPrice((price) => feed.emit('price', price));

async function* prices() {
  for await (const [{ price }] of on(feed, 'price')) yield { price };
}

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { price: { type: GraphQLFloat } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: { price: { type: GraphQLFloat, subscribe: prices } },
  }),
});
const server = createServer(createHandler({ schema }));
server.listen(0, '127.0.0.1', () => {
  const query = encodeURIComponent('subscription { price }');
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}/?query=${query}\n`);
});
