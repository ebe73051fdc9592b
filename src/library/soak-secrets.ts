import { redactedTexts, secretsOf } from '../core/redact.ts';
import type { SoakPlan } from '../options/soak-options.ts';

/** What a run sends that its report must not show, wherever a server repeats it. */
export function soakSecrets(plan: SoakPlan, bearer: string | null): string[] {
  const { urls, proxy, serverMetrics, serverClients, body } = plan;
  const headers = [...plan.headers, ...(bearer === null ? [] : [['Authorization', `Bearer ${bearer}`] as const])];
  const asked = [...urls, proxy, serverMetrics?.url, serverClients?.url].filter((url) => typeof url === 'string');
  return [...new Set(asked.flatMap((url) => secretsOf({ headers, url: new URL(url), body })))];
}

/** Counts by a text in which a server is quoted: those that differed only in a secret become one. */
export function withoutSecretsInNames(counts: Map<string, number>, secrets: readonly string[]): void {
  const before = [...counts];
  counts.clear();
  for (const [name, count] of before) {
    const shown = redactedTexts(name, secrets);
    counts.set(shown, (counts.get(shown) ?? 0) + count);
  }
}
