/**
 * What stands beneath an error of a listening: what the answer that was no stream said, and what to do. Advice is given
 * once for each cause, and not to a stream that was already heard: its server is down for a moment, and the request is
 * right.
 */
import type { ListenRecord } from '../../client/listener.ts';
import type { RefusedAnswerSink } from '../../client/refused-reading.ts';
import type { Cause } from '../../core/causes.ts';
import { redactedTexts, withoutSecrets } from '../../core/redact.ts';
import { contentTypeAdvice } from '../../findings/language-advice.ts';
import { adviceOnCause, adviceOnStatus, statusOfCause } from '../../findings/refusal-advice.ts';
import { refusedAnswer, refusedAnswerLines } from '../../findings/refused-answer.ts';
import type { Refusal } from '../../reach/refusal.ts';
import type { ResponseHead } from '../../wire/transport.ts';

export interface RefusalNotes {
  /** Lines of the answer, printable. */
  readonly says: readonly string[];
  /** What to do; empty for nothing. */
  readonly hint: string;
}

export const NO_NOTES: RefusalNotes = { says: [], hint: '' };

/** Causes of an attempt that came to no stream. */
const BEFORE_STREAM = new Set<Cause>([
  'dns',
  'refused',
  'connect-timeout',
  'tls',
  'headers-timeout',
  'headers-too-large',
  'http-status',
  'content-type',
  'redirect-loop',
  'redirect-refused',
  'client-limit',
]);

/** These end an open stream too, which is another matter; before it they may be a port that wants TLS. */
const BROKEN_OFF = new Set<Cause>(['reset', 'eof-truncated', 'eof-clean', 'http-protocol']);

export class RefusalNoting implements RefusedAnswerSink {
  private readonly secrets: readonly string[];
  private readonly advised = new Set<Cause>();
  private says: readonly string[] = [];
  private wasOpen = false;

  /** @param secrets of the request, which its server may repeat */
  constructor(secrets: readonly string[]) {
    this.secrets = secrets;
  }

  wants({ cause }: Refusal): boolean {
    return BEFORE_STREAM.has(cause);
  }

  take(_refusal: Refusal, { headers }: ResponseHead, body: string): void {
    const answer = refusedAnswer(headers, withoutSecrets(body, this.secrets));
    this.says = redactedTexts(refusedAnswerLines(answer), this.secrets);
  }

  /** Called once for each record, in their order. */
  notesOn(record: ListenRecord): RefusalNotes {
    if (record.kind === 'open') this.wasOpen = true;
    if (record.kind !== 'error') return NO_NOTES;
    const { says } = this;
    const hint = this.adviceOn(record);
    this.says = [];
    return says.length === 0 && hint === '' ? NO_NOTES : { says, hint };
  }

  private adviceOn({ cause, message, willRetryInMs }: Extract<ListenRecord, { kind: 'error' }>): string {
    const isRefusal = BEFORE_STREAM.has(cause) || (BROKEN_OFF.has(cause) && !this.wasOpen);
    if (!isRefusal || this.advised.has(cause)) return '';
    if (this.wasOpen && willRetryInMs !== null) return '';
    this.advised.add(cause);
    if (cause === 'content-type') return contentTypeAdvice('');
    const status = statusOfCause(`${cause}: ${message}`);
    return status === null ? adviceOnCause(cause, { detail: message }) : adviceOnStatus(status);
  }
}
