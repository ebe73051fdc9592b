/**
 * What a profile asks beside the stream goes where the stream goes: same address, same version of HTTP, same proxy. Its
 * time is the probe's; for leaving it has a little of its own, so that a session ends also where the probe's time is
 * up.
 */
import type { Reply } from '../protocols/exchange.ts';
import type { SseEvent } from '../sse/handlers.ts';
import type { Connector } from '../reach/connector.ts';
import { exchange } from './profile-exchange.ts';
import type { ProfileHost, StreamAsk } from '../protocols/profile-checks.ts';

/** For the requests with which a session ends. */
export const LEAVE_MS = 2000;

export interface HostOptions {
  connector: Connector;
  /** The version of sse-probe, which the User-Agent names. */
  version: string;
  nowMs: () => number;
  /** Ends what is under way. */
  signal: AbortSignal;
  /** Nothing more is to be learnt from the stream. */
  onAnswered: () => void;
}

export class ConnectedHost implements ProfileHost {
  private readonly options: HostOptions;
  private signal: AbortSignal;

  constructor(options: HostOptions) {
    this.options = options;
    this.signal = options.signal;
  }

  async ask(request: StreamAsk, until?: (event: SseEvent) => boolean): Promise<Reply> {
    const { connector, version, nowMs } = this.options;
    const transport = await connector.transport(connector.protocol);
    const host = connector.addresses[0] ?? connector.resolver.start.address;
    return exchange({ transport, host, port: connector.port, version, nowMs }, request, this.signal, until);
  }

  nowMs(): number {
    return this.options.nowMs();
  }

  answered(): void {
    this.options.onAnswered();
  }

  /** From now on there are `LEAVE_MS` left. */
  beginToLeave(): void {
    this.signal = AbortSignal.timeout(LEAVE_MS);
  }
}
