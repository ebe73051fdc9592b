/** A plan without its secrets, for whatever shows one: the JSON report, and the scenario of a dry run. */
import { REDACTED, redactHeaders, redactUrl } from '../core/redact.ts';
import { JSON_TYPE } from './asking-options.ts';
import type { SoakPlan } from './soak-options.ts';
import { shownServerArg } from './values/server-arg.ts';

export function redactedPlan(plan: SoakPlan): SoakPlan {
  return {
    ...plan,
    urls: plan.urls.map(redactUrl),
    redis: plan.redis === null ? null : redactUrl(plan.redis),
    proxy: plan.proxy === null ? null : redactUrl(plan.proxy),
    serverMetrics:
      plan.serverMetrics === null ? null : { ...plan.serverMetrics, url: redactUrl(plan.serverMetrics.url) },
    serverClients:
      plan.serverClients === null ? null : { ...plan.serverClients, url: redactUrl(plan.serverClients.url) },
    // What a body is by itself is no secret.
    headers: plan.headers.flatMap((header) => (header === JSON_TYPE ? [header] : redactHeaders([header]))),
    body: plan.body === null ? null : REDACTED,
    serverArgs: plan.serverArgs.map(shownServerArg),
  };
}
