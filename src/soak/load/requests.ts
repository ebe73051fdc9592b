/**
 * The request of each attempt. Encoded once for all clients that ask the same; only a client that returns
 * behind a Last-Event-ID needs its own.
 */
import { hopRequest, userInfoHeaders } from '../../reach/hop-request.ts';
import { portOf } from '../../core/host.ts';
import { secretsOf } from '../../core/redact.ts';
import { isIPv4Loopback } from '../../core/loopback.ts';
import type { Subscription } from '../../client/subscription.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import { type ProfileName, PROFILES } from '../../protocols/profiles.ts';
import { encodeRequest, type RequestOptions } from '../../wire/request.ts';
import type { StreamRequest } from '../../wire/transport.ts';
import type { Target } from '../target/target.ts';
import { vanishingAddress } from '../vanish/vanishing.ts';

/**
 * One address has some 28,000 source ports (ip_local_port_range), of which those that wait in TIME_WAIT for a
 * minute are not free for an address that is bound; loopback has 16 million addresses.
 */
export const CLIENTS_PER_ADDRESS = 10_000;
/** A process has addresses of its own: what the run before has left in TIME_WAIT is not in its way. */
const ADDRESS_BLOCKS = 250;

export type RequestTarget = Pick<Target, 'url' | 'address' | 'port' | 'fillBytes'>;
export interface RequestPlan extends Pick<SoakPlan, 'method' | 'headers' | 'body'> {
  /** Where vanished clients connect from (`VanishingNetwork.network`); needed only where there are some. */
  vanishingNetwork?: string | null;
  /** What is asked for. Default: a feed. */
  profile?: ProfileName;
}

export class Requests {
  private readonly target: RequestTarget;
  private readonly vanishingNetwork: string | null;
  /** The request of a client that asks for the first time. */
  readonly options: RequestOptions;
  /** What of it must not be shown where a server repeats it. */
  readonly secrets: readonly string[];
  private readonly plain: Uint8Array;
  private readonly filling: Uint8Array;
  private readonly fillPath: string;
  private readonly perAddress: number;

  /** @throws {UsageError} when a header or the path cannot be sent */
  constructor(target: RequestTarget, plan: RequestPlan, bearer: string | null, version: string) {
    this.target = target;
    this.vanishingNetwork = plan.vanishingNetwork ?? null;
    const { url } = target;
    const path = `${url.pathname}${url.search}`;
    const authorization: [string, string][] = bearer === null ? [] : [['Authorization', `Bearer ${bearer}`]];
    const { request } = PROFILES[plan.profile ?? 'sse'];
    this.perAddress = CLIENTS_PER_ADDRESS / request.connections;
    const asks = request.asking(plan, url.pathname);
    this.options = {
      method: asks.method,
      path,
      host: url.host,
      headers: [...userInfoHeaders(url), ...authorization, ...asks.headers],
      version,
      ...(asks.body === null ? {} : { body: asks.body }),
    };
    this.secrets = secretsOf({ ...this.options, url });
    this.fillPath = `${path}${url.search === '' ? '?' : '&'}fill=${target.fillBytes}`;
    this.plain = encodeRequest(this.options).bytes;
    this.filling = target.fillBytes > 0 ? encodeRequest({ ...this.options, path: this.fillPath }).bytes : this.plain;
  }

  for(client: Subscription): StreamRequest {
    const {
      hop,
      behaviour: { maxReadBytes },
    } = client;
    const address = hop?.address ?? this.target.address;
    const localAddress = this.sourceFor(client, address);
    return {
      host: address,
      port: hop === null ? this.target.port : portOf(hop.url),
      bytes:
        hop === null
          ? this.bytesFor(client)
          : hopRequest({ ...this.options, lastEventId: client.parser.lastEventId }, hop).bytes,
      ...(maxReadBytes === undefined ? {} : { maxReadBytes }),
      ...(localAddress === null ? {} : { localAddress }),
    };
  }

  /** Null: the kernel's choice. */
  private sourceFor({ index, behaviour }: Subscription, address: string): string | null {
    if (!isIPv4Loopback(address)) return null;
    if (behaviour.kind === 'vanished') {
      if (this.vanishingNetwork === null) throw new Error('vanished clients have no network to vanish from');
      return vanishingAddress(this.vanishingNetwork, index);
    }
    const block = Math.floor(index / this.perAddress);
    return block > 0 ? `127.0.${1 + (process.pid % ADDRESS_BLOCKS)}.${block}` : null;
  }

  private bytesFor(client: Subscription): Uint8Array {
    const { lastEventId } = client.parser;
    if (lastEventId === '') return client.behaviour.kind === 'stalled' ? this.filling : this.plain;
    const { bytes, lastEventIdSent } = encodeRequest({ ...this.options, lastEventId });
    if (!lastEventIdSent) {
      client.context.observer.onAdjusted(client, 'id-unsendable');
      // Never asked for, so what is missing is nobody's fault.
      client.resumed = false;
    }
    return bytes;
  }
}
