/** One client of a stream over HTTP/1.1, with TLS or without: Node's own, none of ours. */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';
import { IDENTITY } from '../server/http2-client.ts';
import { PATIENCE } from '../server/raw-client.ts';
import { greetingIn, messagesIn } from '../support/stream-text.ts';

export interface Address {
  port: number;
  path: string;
  tls: boolean;
}

export class StreamClient {
  readonly request: ClientRequest;
  response: IncomingMessage | null = null;
  body = '';
  /** How the stream ended: as it should, by an error code, or not yet. */
  ended: 'open' | 'end' | string = 'open';

  constructor(
    { port, path, tls }: Address,
    { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ) {
    const options = {
      port,
      path,
      method,
      headers: { Accept: 'text/event-stream', ...headers },
      host: '127.0.0.1',
      agent: false,
    };
    this.request = tls
      ? https.request({ ...options, ca: IDENTITY.certificate, servername: 'localhost' })
      : http.request(options);
    this.request.on('error', (error: NodeJS.ErrnoException) => {
      this.ended = error.code ?? error.message;
    });
    this.request.on('response', (response) => {
      this.response = response;
      response.setEncoding('utf8').on('data', (text: string) => {
        this.body += text;
      });
      response
        .on('end', () => {
          this.ended = 'end';
        })
        .on('error', (error: NodeJS.ErrnoException) => {
          this.ended = error.code ?? error.message;
        });
    });
    this.request.end();
  }

  get messages(): EventSourceMessage[] {
    return messagesIn(this.body);
  }

  get greeting(): Record<string, unknown> {
    return greetingIn(this.body);
  }

  async untilText(part: string): Promise<this> {
    await vi.waitFor(() => {
      if (!this.body.includes(part))
        throw new Error(
          `waited for ${JSON.stringify(part)}, got ${this.response?.statusCode} ${JSON.stringify(this.body.slice(-500))} (${this.ended})`,
        );
    }, PATIENCE);
    return this;
  }

  async untilEnded(): Promise<this> {
    await vi.waitFor(() => {
      if (this.ended === 'open') throw new Error(`waited for the end after ${JSON.stringify(this.body.slice(-500))}`);
    }, PATIENCE);
    return this;
  }

  leave(): void {
    this.request.destroy();
  }
}
