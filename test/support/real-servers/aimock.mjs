/** An OpenAI-compatible server (aimock) with answers that come whole, in pieces of several tokens, and cut; at PORT or any. */
import { LLMock } from '@copilotkit/aimock';

const TWENTY =
  'one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty';

const server = new LLMock({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1', journalMaxEntries: 100 });
const answer = { content: TWENTY };
server.onMessage(/count/i, answer, { latency: 10, chunkSize: 24 });
server.onMessage(/by chance/i, answer, { chunkSize: 8, streamingProfile: { ttft: 120, tps: 100 } });
server.onMessage(/cut/i, answer, { latency: 10, chunkSize: 24, truncateAfterChunks: 4 });
server.onMessage(
  /tool/i,
  { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bremen","unit":"celsius"}' }] },
  { latency: 5, chunkSize: 8 },
);
server.onMessage(/overload/i, {
  error: { message: 'the model is overloaded', type: 'server_error', code: 'overloaded' },
  status: 503,
});
process.stdout.write(`listening on ${await server.start()}\n`);
