/** A stream server around another one: everything goes through unless a fault says otherwise. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StreamServer } from '../http.ts';
import type { ClientDescription, ClientOrder, ComponentState, HubStats } from '../../hub/stats.ts';

export class WrappedServer implements StreamServer {
  protected readonly inner: StreamServer;

  constructor(inner: StreamServer) {
    this.inner = inner;
  }

  get nextSeq(): number {
    return this.inner.nextSeq;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    this.inner.handle(req, res);
    if (res.headersSent && res.statusCode === 200 && !res.writableEnded) this.streamOpened(res);
  }

  /** A request became a stream; its head and greeting are written. */
  protected streamOpened(_res: ServerResponse): void {}

  publish(event: { event?: string; data: string; id?: string }): string {
    return this.inner.publish(event);
  }

  get clients(): { has(clientId: string): boolean } {
    return this.inner.clients;
  }

  send(clientId: string, event: { event?: string; data: string }): boolean {
    return this.inner.send(clientId, event);
  }

  remove(clientId: string): boolean {
    return this.inner.remove(clientId);
  }

  stats(): HubStats {
    return this.inner.stats();
  }

  ready(): Record<string, ComponentState> {
    return this.inner.ready();
  }

  describeClients(limit: number, order?: ClientOrder): ClientDescription[] {
    return this.inner.describeClients(limit, order);
  }

  close(options: { graceMs: number }): Promise<void> {
    return this.inner.close(options);
  }
}
