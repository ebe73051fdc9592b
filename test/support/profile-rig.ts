/** One stream under a profile, from the way to its server to the verdict: the probe's own parts, without its checks. */
import { once } from 'node:events';
import { Listening } from '../../src/probe/listening.ts';
import { WayHost } from '../../src/probe/profiles/host.ts';
import { profileNamed } from '../../src/probe/profiles/index.ts';
import type { ProfileAsk, ProfileName, ProfileVerdict } from '../../src/probe/profiles/profile.ts';
import type { CheckResult } from '../../src/probe/result.ts';
import { Way } from '../../src/reach/way.ts';

export interface Watched extends ProfileVerdict {
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
  const profile = await profileNamed(name);
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
  const way = new Way({
    url: given.url,
    method: 'GET',
    connectTo: null,
    trust: {},
    proxies: { given: null, environment: {} },
    protocol: null,
    nowMs,
    signal,
  });
  const contact = await way.find();
  if (contact.failure !== null) throw new Error(contact.failure.detail);
  const over = new AbortController();
  const ended = (): void => over.abort();
  const end = once(over.signal, 'abort');
  const host = new WayHost({ way, version: given.version, nowMs, signal, onAnswered: ended });
  const session = profile.start(given, host);
  const request = await session.begin();
  if ('id' in request) return { ...session.judge(), refused: request };
  let isOpen = false;
  const listening: Listening = new Listening({
    way,
    nowMs,
    question: { ...request, lastEventId: '', version: given.version },
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
  return { ...session.judge(), refused: null };
}

export function checkOf({ checks }: ProfileVerdict, id: CheckResult['id']): CheckResult | undefined {
  return checks.find((check) => check.id === id);
}
