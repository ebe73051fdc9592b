/**
 * Waits for a server that is still starting: until the first connection to each place is accepted, or the time is over.
 *
 * One for soak, probe and listen, so that "does not accept yet" means one thing: nobody answers. The name is not known
 * yet, the connection is refused or gets no answer, or it is closed at once, as a port forwarder does whose program is
 * not there yet. What a server answers is never waited for: a 503 is an answer, and the run judges it.
 *
 * Only connections are made and nothing is sent. Where the machine has no descriptor left, waiting is over: the run
 * says so itself.
 */
import { connect } from 'node:net';
import type { Cause } from '../core/causes.ts';
import { hostOf, portOf } from '../core/host.ts';
import { pause } from '../core/pause.ts';
import { formatDuration } from '../core/units.ts';
import { authorityOf, proxyAt } from '../wire/proxy.ts';
import { socketTrouble } from '../wire/socket-error.ts';

/** Where the first connection on the way to a URL goes. */
export interface FirstPlace {
  readonly host: string;
  readonly port: number;
  readonly isProxy: boolean;
}

/** Nobody accepted a connection in the time that a plan waits. */
export interface Unaccepted {
  readonly cause: Cause;
  /** For people: how long was waited, and what the last attempt said. */
  readonly detail: string;
  readonly place: FirstPlace;
}

export interface WaitOptions {
  /** 0: nothing is tried. */
  waitMs: number;
  signal: AbortSignal;
  /** Called once, when the first attempt failed: with one line for people. */
  onWaiting: (text: string) => void;
}

const EVERY_MS = 250;
/** An attempt that gets no answer is given up and made again: the address may have become another one. */
const LONGEST_ATTEMPT_MS = 5000;
/** How long a connection has to stand, so that a forwarder without a program behind it is not taken for a server. */
const STANDS_MS = 100;

/**
 * @param proxy URL of the proxy on the way; null: none
 * @param connectTo where a connection goes instead of the URL's own host
 * @throws {UsageError} for a proxy that is none
 */
export function firstPlace(
  url: URL,
  proxy: string | null,
  connectTo: { host: string; port: number | null } | null = null,
): FirstPlace {
  if (proxy !== null) {
    const { host, port } = proxyAt(proxy, true);
    return { host, port, isProxy: true };
  }
  return { host: connectTo?.host ?? hostOf(url), port: connectTo?.port ?? portOf(url), isProxy: false };
}

/**
 * Waits for every one of these places in turn, in one time.
 *
 * @returns null when all accept, when nothing is to be waited for, and when the signal fired
 */
export async function untilAccepted(
  places: readonly FirstPlace[],
  { waitMs, signal, onWaiting }: WaitOptions,
): Promise<Unaccepted | null> {
  if (waitMs === 0) return null;
  const endMs = performance.now() + waitMs;
  let isSaid = false;
  for (const place of places) {
    for (;;) {
      const leftMs = Math.max(endMs - performance.now(), 1);
      const failure = await attempt(place, Math.min(leftMs, LONGEST_ATTEMPT_MS), signal);
      if (failure === null || failure.cause === 'client-limit' || signal.aborted) break;
      if (performance.now() >= endMs) {
        const detail = `no connection was accepted within ${formatDuration(waitMs)} (${failure.detail})`;
        return { cause: failure.cause, detail, place };
      }
      if (!isSaid) onWaiting(`waiting up to ${formatDuration(waitMs)} for ${named(place)} to accept a connection`);
      isSaid = true;
      await pause(Math.min(EVERY_MS, Math.max(endMs - performance.now(), 1)), signal);
    }
    if (signal.aborted) return null;
  }
  return null;
}

/** `127.0.0.1:8787`, `the proxy 10.0.0.1:3128` */
export function named(place: FirstPlace): string {
  return `${place.isProxy ? 'the proxy ' : ''}${authorityOf(place)}`;
}

/** One connection, which is closed again. @returns why none stood; null when one did */
function attempt(
  { host, port }: FirstPlace,
  limitMs: number,
  signal: AbortSignal,
): Promise<{ cause: Cause; detail: string } | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true });
    let isConnected = false;
    const finish = (failure: { cause: Cause; detail: string } | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      // What a socket still says after this is of no interest, but unheard it would end the process.
      socket.on('error', () => {}).destroy();
      resolve(failure);
    };
    const onAbort = (): void => finish({ cause: 'closed-by-us', detail: 'interrupted' });
    let timer = setTimeout(finish, limitMs, { cause: 'connect-timeout', detail: 'the TCP connection timed out' });
    socket
      .once('error', (error) => finish(socketTrouble(error, isConnected)))
      .once('connect', () => {
        isConnected = true;
        clearTimeout(timer);
        timer = setTimeout(finish, STANDS_MS, null);
      })
      // A server that speaks first is there.
      .once('data', () => finish(null))
      .once('end', () => finish({ cause: 'reset', detail: 'the connection was closed before the first byte' }));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
