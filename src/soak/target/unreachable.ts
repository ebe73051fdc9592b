/** What to do about a target that nobody could reach: by its cause, and by a proxy that was set and is not used. */
import { adviceOnCause } from '../../findings/refusal-advice.ts';
import type { Reach } from '../../reach/transport-spec.ts';
import { unusedProxy } from '../../reach/unused-proxy.ts';
import type { ProxyEnvironment } from '../../wire/proxy.ts';

export interface UnreachableWay {
  url: URL;
  kind: Reach['kind'];
  proxyEnvironment: ProxyEnvironment;
}

export function unreachableHint(
  cause: string,
  detail: string,
  { url, kind, proxyEnvironment }: UnreachableWay,
): string {
  const unused = unusedProxy({ transport: kind, urls: [url.href] }, proxyEnvironment);
  const advice =
    adviceOnCause(cause, { detail }) || 'Check that the server is running, and the host and port of the URL.';
  return unused === null ? advice : `${advice} ${unused}.`;
}
