/** What a run judged and what it did not, with the flag that closes each gap: for people and for the JSON report. */
import { printable } from '../../core/printable.ts';
import type { AnsweredQuestion } from '../../verdict/questions.ts';

/** One question that a soak asks of a server. */
export interface QuestionReport {
  /** Its name: `connections`, `loss`, `order`, `latency`, `heartbeats`, `resuming`, `memory` and so on. */
  id: string;
  /** By what it was judged, in words; null where it was not. */
  judgedBy: string | null;
  /** What of it could not be judged, in words; empty where all was. */
  notJudged: string[];
  /** What would close these gaps, in the same order. */
  closes: string[];
}

export function questionsReport(questions: readonly AnsweredQuestion[]): QuestionReport[] {
  return questions.map(({ id, judgedBy, gaps, unasked }) => {
    const open = unasked === null ? gaps : [unasked];
    return { id, judgedBy, notJudged: open.map(({ what }) => what), closes: open.map(({ hint }) => hint) };
  });
}

/** Two lists of the summary: a line of what was judged, and a line for each gap. */
export function questionLines(questions: readonly AnsweredQuestion[]): { judged: string; gaps: string[] } {
  const judged = questions.flatMap(({ about, judgedBy }) => (judgedBy === null ? [] : [`${about} (${judgedBy})`]));
  const gaps = questions.flatMap(({ about, gaps: untold, unasked }) =>
    unasked === null
      ? untold.map(({ what, hint }) => `${what}. ${hint}`)
      : [`${about}: ${unasked.what}. ${unasked.hint}`],
  );
  return { judged: judged.join(' · '), gaps: gaps.map((gap) => printable(gap, MAX_GAP)) };
}

const MAX_GAP = 500;
