/**
 * What answers said that were no streams: one of each kind for each process, as text of a server is bounded in number,
 * too. The attempts are counted elsewhere (refusals.ts).
 */
import type { RefusedAnswerSink } from '../../client/refused-reading.ts';
import type { Cause } from '../../core/causes.ts';
import { withoutSecrets } from '../../core/redact.ts';
import { refusedAnswerText } from '../../findings/refused-answer.ts';
import { serverMarks } from '../../findings/server-marks.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { RECORDER_FIGURES } from '../../record/load-figures.ts';
import type { Refusal } from '../../reach/refusal.ts';
import type { ResponseHead } from '../../wire/transport.ts';
import { refusalKey } from './refusals.ts';

const MAX_KINDS = 5;
/** Kinds of software that are noted: a proxy and its server may answer in turn. */
const MAX_MARKS = 3;
const READ = new Set<Cause>(['http-status', 'content-type']);

type AnswerFigures = Pick<Measured<typeof RECORDER_FIGURES>, 'refusedAnswers' | 'serverMarks'>;

export class RefusedAnswers implements RefusedAnswerSink {
  private readonly figures: AnswerFigures;
  private readonly secrets: readonly string[];
  private readonly taken = new Set<string>();

  /** @param secrets of the request, which a server may repeat */
  constructor(figures: AnswerFigures, secrets: readonly string[]) {
    this.figures = figures;
    this.secrets = secrets;
  }

  wants({ cause, detail }: Refusal): boolean {
    return READ.has(cause) && this.taken.size < MAX_KINDS && !this.taken.has(refusalKey(cause, detail));
  }

  take({ cause, detail }: Refusal, { headers }: ResponseHead, body: string): void {
    const key = refusalKey(cause, detail);
    if (this.taken.has(key)) return;
    this.taken.add(key);
    countUp(this.figures.refusedAnswers, refusedAnswerText(key, headers, withoutSecrets(body, this.secrets)));
    noteMarks(this.figures, headers, body);
  }
}

/** Notes which software sends the answers, by the first ones. */
export function noteMarks(
  { serverMarks: noted }: Pick<AnswerFigures, 'serverMarks'>,
  headers: ReadonlyMap<string, string>,
  body = '',
): void {
  if (noted.size >= MAX_MARKS) return;
  const marks = serverMarks(headers, body);
  if (marks !== '') countUp(noted, marks);
}
