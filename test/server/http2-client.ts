import http2 from 'node:http2';
import type { EventSourceMessage } from 'eventsource-parser';
import { onTestFinished, vi } from 'vitest';
import { type Identity, selfSigned } from '../wire/certificates.ts';
import { PATIENCE } from './raw-client.ts';
import { greetingIn, messagesIn } from '../support/stream-text.ts';

export const IDENTITY: Identity = selfSigned({ name: 'localhost', dnsNames: ['localhost'], ipv4: ['127.0.0.1'] });
export const TLS: { cert: string; key: string } = { cert: IDENTITY.certificate, key: IDENTITY.key };

/** An HTTP/2 session with the server, destroyed after the test. */
export function http2Session(port: number): http2.ClientHttp2Session {
  const session = http2.connect(`https://localhost:${port}`, {
    ca: IDENTITY.certificate,
    lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }] as never, 4),
  });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** One request in a session; it keeps what comes back. */
export class Http2Client {
  readonly stream: http2.ClientHttp2Stream;
  headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
  body = '';
  ended = false;
  closed = false;

  constructor(
    session: http2.ClientHttp2Session,
    path = '/events',
    {
      headers = {},
      body,
      paused = false,
    }: { headers?: http2.OutgoingHttpHeaders; body?: string; paused?: boolean } = {},
  ) {
    this.stream = session.request({ ':path': path, ...headers }, { endStream: body === undefined });
    this.stream.on('response', (responded) => {
      this.headers = responded;
    });
    this.stream
      .on('error', () => {})
      .on('end', () => {
        this.ended = true;
      })
      .on('close', () => {
        this.closed = true;
      });
    if (body !== undefined) this.stream.end(body);
    if (!paused) this.read();
  }

  read(): void {
    this.stream.setEncoding('utf8').on('data', (text: string) => {
      this.body += text;
    });
  }

  get messages(): EventSourceMessage[] {
    return messagesIn(this.body);
  }

  get greeting(): Record<string, unknown> {
    return greetingIn(this.body);
  }

  async untilText(part: string): Promise<void> {
    await vi.waitFor(() => {
      if (!this.body.includes(part))
        throw new Error(`waited for ${JSON.stringify(part)}, got ${JSON.stringify(this.body.slice(-300))}`);
    }, PATIENCE);
  }

  async untilClosed(): Promise<void> {
    await vi.waitFor(() => {
      if (!this.closed) throw new Error('waited for the end');
    }, PATIENCE);
  }
}
