/** Why a figure is missing, in the words of the question that the run could not answer. */
import type { SoakReport } from '../soak-report.ts';

/** @param otherwise where the report has no gap for that question. @returns a sentence */
export function notMeasured({ questions }: Pick<SoakReport, 'questions'>, id: string, otherwise: string): string {
  const gap = questions.find((question) => question.id === id)?.notJudged[0] ?? otherwise;
  return `Not measured: ${gap}${/[.!?]$/.test(gap) ? '' : '.'}`;
}
