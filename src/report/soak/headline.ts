import { counted, formatCount, formatDuration } from '../../core/units.ts';
import type { Paint } from '../paint.ts';
import type { SoakReport } from './soak-report.ts';

/** What of a report the verdict in one line is made of. */
export type Concluded = Pick<
  SoakReport,
  'verdict' | 'durationMs' | 'endedEarly' | 'questions' | 'thresholds' | 'findings' | 'clients' | 'events' | 'eviction'
>;

const PAINT_OF = { pass: 'good', fail: 'bad', inconclusive: 'doubt', interrupted: 'doubt' } as const;

/** The verdict in one line: pass with what it rests on, fail with how much, and of an interrupted run what was seen. */
export function headline(concluded: Concluded, paint: Paint): string {
  const { verdict, durationMs } = concluded;
  const when = verdict === 'interrupted' ? ` after ${formatDuration(durationMs)}` : early(concluded);
  return `${paint[PAINT_OF[verdict]](paint.bold(verdict.toUpperCase()))}${when}  ${verdictReason(concluded)}`;
}

/** Why the verdict is what it is, as the part of a sentence that stands behind it. */
export function verdictReason(concluded: Concluded): string {
  const { verdict, findings, thresholds, questions } = concluded;
  switch (verdict) {
    case 'interrupted':
      return `no verdict; ${untilThen(concluded)}`;
    case 'pass':
      return `${praise(questions)}: ${held(concluded)}`;
    case 'fail': {
      const fails = findings.filter(({ severity }) => severity === 'fail').length;
      const broken = thresholds.filter(({ status }) => status !== 'pass').length;
      return [
        ...(fails > 0 ? [counted(fails, 'finding')] : []),
        ...(broken > 0 ? [`${counted(broken, 'threshold')} broken`] : []),
      ].join(', ');
    }
    case 'inconclusive':
      return 'the run cannot tell whether the server works correctly';
    default:
      return verdict satisfies never;
  }
}

/** What was loaded. The port of the built-in server changes with every run, and CI systems compare runs by name. */
export function targetName({ embedded, url }: SoakReport['target']): string {
  return embedded ? 'built-in server' : url;
}

/** A run that left most questions open does not say that a server held up. */
function praise(questions: Concluded['questions']): string {
  const judged = questions.filter(({ judgedBy }) => judgedBy !== null).length;
  return 2 * judged > questions.length
    ? 'no defect found'
    : `no defect found in the ${judged} of ${questions.length} areas that were judged`;
}

/** What was seen by then; of thresholds only those that are broken, since the others had no time. */
function untilThen({ findings, thresholds }: Concluded): string {
  const seen = [
    [findings.filter(({ severity }) => severity !== 'info').length, 'finding'],
    [thresholds.filter(({ status }) => status === 'fail').length, 'broken threshold'],
  ] as const;
  const said = seen.flatMap(([count, what]) => (count === 0 ? [] : [counted(count, what)]));
  return said.length === 0 ? 'no finding until then' : `until then ${said.join(' and ')}`;
}

/** Why the run ended before its time. */
export function early({ endedEarly }: Pick<Concluded, 'endedEarly'>): string {
  return endedEarly === null
    ? ''
    : ` (ended early, after ${formatDuration(endedEarly.tMs)}: ${endedEarly.expression} was broken)`;
}

function held({ clients, events, eviction }: Concluded): string {
  // Findings can be told to be ignored, and the run passes with them: the praise is for what is true.
  const isWhole = events.received > 0 && events.lost === 0 && events.duplicated === 0;
  const lost = isWhole ? ', nothing lost or duplicated' : '';
  const evicted =
    eviction.evicted > 0 && eviction.missed === 0
      ? `, ${counted(eviction.evicted, 'stalled client')} evicted in time`
      : '';
  return `${formatCount(clients.connected)} clients${lost}${evicted}`;
}
