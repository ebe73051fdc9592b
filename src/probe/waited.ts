/** The wait before a probe, for a server that does not accept connections yet. No time of the probe counts in it. */
import { firstPlace, untilAccepted } from '../reach/accepting.ts';
import { proxyOf } from '../reach/transport-spec.ts';
import type { ProbeRequest } from './run.ts';

/**
 * @param onWaiting called once, with one line for people, where there is somebody to wait for
 * @returns the request, with what the waiting came to
 * @throws {UsageError} when the environment asks for a proxy that cannot be used
 */
export async function waitedFor(request: ProbeRequest, onWaiting: (text: string) => void): Promise<ProbeRequest> {
  const { url, plan, reach, signal } = request;
  if (plan.waitMs === 0) return request;
  const place = firstPlace(url, proxyOf(url, reach), plan.connectTo);
  return { ...request, unaccepted: await untilAccepted([place], { waitMs: plan.waitMs, signal, onWaiting }) };
}
