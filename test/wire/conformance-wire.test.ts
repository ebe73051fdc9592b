import { Http1Transport } from '../../src/wire/http1.ts';
import { describeTransport } from './conformance.ts';
import { CA } from './exchange.ts';

const tls = { servername: 'localhost', ca: CA };

describeTransport({ title: 'Http1Transport', server: 'http', httpVersion: '1.1', create: () => new Http1Transport() });
describeTransport({
  title: 'Http1Transport over TLS',
  server: 'https',
  httpVersion: '1.1',
  create: () => new Http1Transport({ tls }),
});
