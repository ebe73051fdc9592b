import { createUndiciTransport } from '../../src/wire/undici.ts';
import { describeTransport } from './conformance.ts';
import { CA } from './exchange.ts';

const tls = { servername: 'localhost', ca: CA };

describeTransport({ title: 'undici', server: 'http', httpVersion: '1.1', create: () => createUndiciTransport() });
describeTransport({
  title: 'undici over TLS',
  server: 'https',
  httpVersion: '1.1',
  create: () => createUndiciTransport({ tls }),
});
describeTransport({
  title: 'HTTP/2',
  server: 'http2',
  httpVersion: '2',
  create: () => createUndiciTransport({ tls, http2: true }),
});
