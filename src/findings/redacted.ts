/** Findings and checks as they are written down: without the secrets that a server repeats in what they quote of it. */
import { redactedTexts, withoutSecrets } from '../core/redact.ts';

interface Found {
  readonly title: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly hint: string;
}

/** @param secrets of the requests that were sent. A hint is our own text, in which only these can stand. */
export function redacted<Kind extends Found>(found: Kind, secrets: readonly string[]): Kind {
  return {
    ...found,
    title: redactedTexts(found.title, secrets),
    evidence: redactedTexts(found.evidence, secrets),
    hint: withoutSecrets(found.hint, secrets),
  };
}
