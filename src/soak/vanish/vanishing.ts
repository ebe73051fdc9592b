/**
 * How clients vanish: a few loopback addresses of the run's own, whose route becomes a black hole.
 *
 * From then on the kernel drops whatever goes to these addresses or comes from them: no FIN, no RST, no ACK,
 * while the sockets at both ends believe that all is well. That is what a phone without a network or a machine
 * without power looks like, and nothing else does: a stopped process still acknowledges, a closed socket says
 * so. Other addresses are not touched. Tried and left: dropping packets with nftables or `tc netem`, which are
 * further programs and kernel modules that many machines lack.
 *
 * The network is reserved before the run, as a route that changes nothing: so another run on this machine takes
 * other addresses, and a missing permission shows before anything is started. It is given back before the
 * clients leave, so that the server hears their end: what it kept is known by then, and nothing half-open stays
 * behind on a server of somebody else.
 *
 * It needs Linux, `ip`, CAP_NET_ADMIN in the network namespace that it runs in, and an IPv4 loopback target.
 */
import { randomInt } from 'node:crypto';
import { UsageError } from '../../core/errors.ts';
import { pause } from '../../core/pause.ts';
import { Random } from '../../core/random.ts';
import { tryCommand, tryCommandNow } from '../../machine/system-command.ts';

/** A /28: each address has some 28,000 source ports, and a run has at most 200,000 clients. */
const ADDRESSES = 16;
const PREFIX_BITS = 28;
/** Number of such networks in 127.66.0.0/16. */
const NETWORKS = 65_536 / ADDRESSES;
const ATTEMPTS = 8;
/** A client lives so long after the ramp before it vanishes, but at most this part of the load. */
const LIFE_MS = { least: 2000, most: 4000, share: 1 / 4 } as const;

export class VanishingNetwork {
  /** First address of the network, as in `127.66.3.16`. */
  readonly network: string;
  /** Why the clients could not vanish although the route could be reserved; null while all is well. */
  trouble: string | null = null;
  private reserved = true;
  private vanishing: Promise<void> | null = null;

  private constructor(network: string) {
    this.network = network;
  }

  /** @throws {UsageError} when routes cannot be set here: what is missing, and how to get it */
  static async reserve(): Promise<VanishingNetwork> {
    for (let attempt = 1; ; attempt++) {
      const network = pickNetwork();
      const trouble = await tryCommand('ip', [
        'route',
        'add',
        'local',
        `${network}/${PREFIX_BITS}`,
        'dev',
        'lo',
        'table',
        'local',
      ]);
      if (trouble === null) return new VanishingNetwork(network);
      // Another run has it, or one that was killed left it behind.
      if (trouble.said.includes('File exists') && attempt < ATTEMPTS) continue;
      throw new UsageError(`vanished clients need their own route, which cannot be set: ${trouble.said}`, {
        hint: trouble.missing
          ? 'Install iproute2, or remove vanished from --mix.'
          : 'Run as root or with CAP_NET_ADMIN, or remove vanished from --mix; --allow-degraded replaces them by stalled clients.',
      });
    }
  }

  /** They vanish after so long, all at one instant; not at all when the signal fires before. */
  async vanishAfter(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, signal);
    if (!signal.aborted && this.reserved) await this.vanish();
  }

  vanish(): Promise<void> {
    this.vanishing ??= this.dig();
    return this.vanishing;
  }

  /** The network works again and is no longer ours. Does nothing the second time. */
  async release(): Promise<void> {
    await this.vanishing;
    if (!this.reserved) return;
    this.reserved = false;
    await tryCommand('ip', this.removal());
  }

  /** The synchronous form of `release`, for a process that is about to exit. */
  releaseNow(): void {
    if (!this.reserved) return;
    this.reserved = false;
    tryCommandNow('ip', this.removal());
  }

  private async dig(): Promise<void> {
    const trouble = await tryCommand('ip', [
      'route',
      'replace',
      'blackhole',
      `${this.network}/${PREFIX_BITS}`,
      'table',
      'local',
    ]);
    if (trouble !== null) this.trouble = `the route of the vanished clients could not be set: ${trouble.said}`;
  }

  private removal(): string[] {
    return ['route', 'del', `${this.network}/${PREFIX_BITS}`, 'table', 'local'];
  }
}

/** The source address of the client with this index: they take the network's addresses in turn. */
export function vanishingAddress(network: string, index: number): string {
  const dot = network.lastIndexOf('.');
  return `${network.slice(0, dot)}.${Number(network.slice(dot + 1)) + (index % ADDRESSES)}`;
}

/** When they vanish, since the load began: the same for the same seed. */
export function vanishAfterMs({ rampMs, durationMs }: { rampMs: number; durationMs: number }, seed: number): number {
  const lifeMs = new Random(seed).between(LIFE_MS.least, LIFE_MS.most);
  return rampMs + Math.min(lifeMs, durationMs * LIFE_MS.share);
}

function pickNetwork(): string {
  const first = randomInt(NETWORKS) * ADDRESSES;
  return `127.66.${first >> 8}.${first & 255}`;
}
