import { counted, formatCount, formatDuration } from '../../core/units.ts';
import type { AnsweredQuestion } from '../../verdict/questions.ts';
import type { Paint } from '../paint.ts';
import type { SoakResult } from './soak-result.ts';

/** The verdict in one line: pass with what it rests on, fail with how much, and of an interrupted run what was seen. */
export function headline({ verdict, record }: SoakResult, paint: Paint): string {
  const fails = verdict.findings.filter(({ severity }) => severity === 'fail').length;
  const broken = verdict.thresholds.filter(({ status }) => status !== 'pass').length;
  const why = [
    ...(fails > 0 ? [`${fails} ${fails === 1 ? 'finding' : 'findings'}`] : []),
    ...(broken > 0 ? [`${broken} ${broken === 1 ? 'threshold' : 'thresholds'} broken`] : []),
  ].join(', ');
  const endedEarly = early(record);
  switch (verdict.verdict) {
    case 'interrupted':
      return `${paint.doubt(paint.bold('INTERRUPTED'))} after ${formatDuration(record.durationMs)}  no verdict; ${untilThen(verdict)}`;
    case 'pass':
      return `${paint.good(paint.bold('PASS'))}${endedEarly}  ${praise(verdict.questions)}: ${held(record)}`;
    case 'fail':
      return `${paint.bad(paint.bold('FAIL'))}${endedEarly}  ${why}`;
    case 'inconclusive':
      return `${paint.doubt(paint.bold('INCONCLUSIVE'))}${endedEarly}  the run cannot tell whether the server works correctly`;
    default:
      return verdict.verdict satisfies never;
  }
}

/** A run that left most questions open does not say that a server held up. */
function praise(questions: readonly AnsweredQuestion[]): string {
  const judged = questions.filter(({ judgedBy }) => judgedBy !== null).length;
  return 2 * judged > questions.length
    ? 'no defect found'
    : `no defect found in the ${judged} of ${questions.length} areas that were judged`;
}

/** What was seen by then; of thresholds only those that are broken, since the others had no time. */
function untilThen({ findings, thresholds }: SoakResult['verdict']): string {
  const seen = [
    [findings.filter(({ severity }) => severity !== 'info').length, 'finding'],
    [thresholds.filter(({ status }) => status === 'fail').length, 'broken threshold'],
  ] as const;
  const said = seen.flatMap(([count, what]) => (count === 0 ? [] : [counted(count, what)]));
  return said.length === 0 ? 'no finding until then' : `until then ${said.join(' and ')}`;
}

/** Why the run ended before its time. */
function early({ endedEarly }: SoakResult['record']): string {
  return endedEarly === null
    ? ''
    : ` (ended early, after ${formatDuration(endedEarly.tMs)}: ${endedEarly.expression} was broken)`;
}

function held({ summary }: SoakResult['record']): string {
  const clients = `${formatCount(summary.total('connected'))} clients`;
  const { counts } = summary;
  // Findings can be told to be ignored, and the run passes with them: the praise is for what is true.
  const amiss = counts.lost + counts.resumeLost + counts.duplicated + counts.resumeDuplicated;
  const lost = counts.eventsWithSeq > 0 && amiss === 0 ? ', nothing lost or duplicated' : '';
  const evicted =
    counts.evictionsSeen > 0 && counts.evictionsMissed === 0
      ? `, ${counted(counts.evictionsSeen, 'stalled client')} evicted in time`
      : '';
  return `${clients}${lost}${evicted}`;
}
