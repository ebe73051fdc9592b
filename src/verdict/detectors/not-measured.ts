import type { Detector } from '../finding.ts';
import { questionsOf } from '../questions.ts';

/** What the run was asked to judge and could not: said, never guessed. */
export const notMeasured: Detector = {
  id: 'not-measured',
  detect(run) {
    const gaps = questionsOf(run).flatMap((question) => question.gaps);
    if (gaps.length === 0) return null;
    return {
      title: `Not measured: ${gaps.map(({ what }) => what).join('; ')}.`,
      evidence: Object.assign({}, ...gaps.map(({ evidence }) => evidence)) as Record<string, unknown>,
      hint: gaps.map(({ hint }) => hint).join(' '),
    };
  },
};
