/**
 * What a server is made of around its listener: the stream server, the endpoints in front of it, the publisher and the
 * watches over the process. Building starts nothing; the parts are started once the server listens.
 */
import { isLoopback } from '../core/loopback.ts';
import type { ComponentState } from '../hub/stats.ts';
import type { FaultLine } from './dashboard/message.ts';
import { CrossOrigin } from './cors.ts';
import { DescriptorWatch } from './descriptor-watch.ts';
import { Filler } from './filler.ts';
import { Gate } from './gate.ts';
import { Endpoints, type StreamServer } from './http.ts';
import { ProcessStats } from './process-stats.ts';
import { type PublishTarget, PublishWatch } from './publish-watch.ts';
import { Publisher } from './publisher.ts';
import type { CheckedServerOptions } from './server-options.ts';

export class ServerParts {
  readonly hub: StreamServer;
  readonly endpoints: Endpoints;
  readonly published: PublishWatch;
  readonly #publisher: Publisher;
  readonly #filler: Filler;
  readonly #processStats: ProcessStats;
  readonly #descriptors: DescriptorWatch;
  readonly #isListening: () => boolean;
  #isDraining = false;

  constructor(
    { hub, faults }: { hub: StreamServer; faults: readonly FaultLine[] },
    options: CheckedServerOptions,
    isListening: () => boolean,
  ) {
    const { clock, backplane } = options.hub;
    this.hub = hub;
    this.#isListening = isListening;
    this.published = new PublishWatch(backplane === null ? hub : sharedTarget(hub));
    this.#publisher = new Publisher(this.published, {
      ratePerSecond: options.ratePerSecond,
      eventSizeBytes: options.eventSizeBytes,
      clock,
    });
    this.#filler = new Filler(options.maxFillBytes);
    this.#processStats = new ProcessStats(clock);
    this.#descriptors = new DescriptorWatch((error) => options.onAcceptError(error));
    const crossOrigin = new CrossOrigin(options.corsOrigins);
    this.endpoints = new Endpoints({
      stream: hub,
      published: this.published,
      streamPath: options.path,
      gate: new Gate({
        token: options.publishToken,
        allowedHosts: options.allowedHosts,
        isLocal: isLoopback(options.host),
        isAllowedOrigin: (origin) => crossOrigin.isAllowed(origin),
      }),
      crossOrigin,
      ready: () => this.#states(),
      processFigures: () => this.#processStats.read(),
      isDraining: () => this.#isDraining,
      fill: (res, askedBytes) => this.#filler.fill(res, askedBytes),
      dashboard: { clock, faults, ...options.dashboard },
    });
  }

  start(): void {
    this.#descriptors.start();
    this.#processStats.start();
    this.endpoints.dashboard.start();
    this.#publisher.start();
  }

  /** Publishes and fills no more, says farewell to every stream and resolves when all are over. */
  async drain(graceMs: number): Promise<void> {
    this.#publisher.stop();
    this.#filler.stop();
    await this.endStreams(graceMs);
    this.#processStats.stop();
    this.#descriptors.stop();
  }

  /** Marks the server as draining: `/readyz` says so, and no new stream is taken. */
  beginDraining(): void {
    this.#isDraining = true;
  }

  /** Ends the streams of the hub and those of the endpoints. With 0 it ends the grace time of an earlier call. */
  async endStreams(graceMs: number): Promise<void> {
    await Promise.all([this.hub.close({ graceMs }), this.endpoints.dashboard.close({ graceMs })]);
  }

  #states(): Record<string, ComponentState> {
    return {
      listener: this.#listenerState(),
      publisher: this.#publisher.state(),
      ...this.#processStats.states(),
    };
  }

  #listenerState(): ComponentState {
    const { trouble } = this.#descriptors;
    if (trouble !== null) return { ready: false, detail: `no file descriptor left for a new client (${trouble})` };
    return { ready: this.#isListening(), detail: this.#isDraining ? 'draining' : 'accepting' };
  }
}

/** Publishes to all servers of the feed. Their log gives the numbers. */
function sharedTarget(hub: StreamServer): PublishTarget {
  return { nextSeq: null, publish: (event) => hub.publishShared?.(event) ?? hub.publish(event) };
}
