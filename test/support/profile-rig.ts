/**
 * One stream under a profile, from the first contact with its server to the verdict: the probe's own parts, without its
 * checks.
 */
import { once } from 'node:events';
import { Listening } from '../../src/probe/listening.ts';
import { ConnectedHost } from '../../src/probe/profile-host.ts';
import type { CheckResult } from '../../src/findings/check-result.ts';
import type { ProfileAsk, ProfileVerdict } from '../../src/protocols/profile-checks.ts';
import { PROFILES, type ProfileName } from '../../src/protocols/profiles.ts';
import { Connector } from '../../src/reach/connector.ts';
import { PLAIN } from '../../src/reach/transport-spec.ts';

export interface Watched extends Required<ProfileVerdict> {
  /** Why there was no stream to ask for. */
  refused: CheckResult | null;
}

function nowMs(): number {
  return performance.now();
}

/** @param forMs how long it is watched, at most */
export async function watch(
  name: ProfileName,
  url: string,
  ask: Partial<ProfileAsk> = {},
  forMs = 10_000,
): Promise<Watched> {
  const checks = await PROFILES[name].checks();
  const given: ProfileAsk = {
    url: new URL(url),
    method: null,
    headers: [],
    body: null,
    stalledAfterMs: 10_000,
    version: '0.0.0',
    ...ask,
  };
  const signal = AbortSignal.timeout(forMs);
  const connector = new Connector({
    url: given.url,
    method: 'GET',
    connectTo: null,
    reach: PLAIN,
    nowMs,
    signal,
  });
  const contact = await connector.contact();
  if (contact.failure !== null) throw new Error(contact.failure.detail);
  const over = new AbortController();
  const ended = (): void => over.abort();
  const end = once(over.signal, 'abort');
  const host = new ConnectedHost({ connector, version: given.version, nowMs, signal, onAnswered: ended });
  const session = checks.start(given, host);
  const request = await session.begin();
  if ('id' in request) return watched(session.judge(), request);
  let isOpen = false;
  const listening: Listening = new Listening({
    connector,
    nowMs,
    requestSpec: { ...request, lastEventId: '', version: given.version },
    onEvent: (event) => session.heard(event, listening.log.lastByteMs),
    onNews() {
      if (listening.head !== null && !isOpen) {
        isOpen = true;
        session.opened(listening.head);
      }
      if (listening.end !== null) ended();
    },
  });
  session.asked(nowMs());
  await listening.start();
  signal.addEventListener('abort', ended);
  await end;
  listening.leave();
  const { cause, detail, atMs } = listening.end ?? { cause: 'closed-by-us', detail: '', atMs: nowMs() };
  session.ended({ cause, detail, atMs, excerpt: listening.excerpt });
  host.beginToLeave();
  await session.leave();
  return watched(session.judge(), null);
}

function watched({ checks, firstTokenMs = null, figures = {} }: ProfileVerdict, refused: CheckResult | null): Watched {
  return { checks, firstTokenMs, figures, refused };
}

export function checkOf({ checks }: ProfileVerdict, id: CheckResult['id']): CheckResult | undefined {
  return checks.find((check) => check.id === id);
}
