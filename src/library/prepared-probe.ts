/** What a probe needs beside its plan: read and checked before anything is asked. */
import { parseRules } from '../probe/metrics.ts';
import type { ProbeRequest } from '../probe/run.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { reachOf, type Reach } from '../reach/transport-spec.ts';
import { type ProxyEnvironment, proxyVariables } from '../wire/proxy.ts';
import { bearerToken } from './token.ts';
import { packageVersion } from './version.ts';

/** HTTP/2: more than a probe ever opens, so that all of its streams share one connection. */
const STREAMS_PER_CONNECTION = 100;

/** What holds for every URL that is probed with this plan. */
export type PreparedProbe = Omit<ProbeRequest, 'url' | 'signal' | 'plan'>;

/** @throws {UsageError} for a threshold, a token or a file that is none */
export async function prepareProbe(plan: ProbePlan, environment: NodeJS.ProcessEnv): Promise<PreparedProbe> {
  return {
    rules: [...parseRules(plan.warn, 'warn'), ...parseRules(plan.crit, 'crit')],
    bearer: bearerToken(plan, environment),
    reach: await probeReach(plan, proxyVariables(environment)),
    version: packageVersion(),
  };
}

/** How a probe reaches its server, and where redirects lead. @throws {UsageError} when the CA file cannot be read */
export function probeReach(plan: ProbePlan, environment: ProxyEnvironment): Promise<Reach> {
  const { http1, http2, proxy, insecure, caFile } = plan;
  return reachOf(
    {
      transport: 'leanest',
      protocol: http2 ? 'h2' : http1 ? 'http/1.1' : null,
      streamsPerConnection: STREAMS_PER_CONNECTION,
      proxy,
      insecure,
      caFile,
      connectTimeoutMs: null,
    },
    environment,
  );
}
