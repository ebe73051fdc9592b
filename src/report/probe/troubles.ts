import type { CheckId, ProbeResult } from '../../probe/result.ts';
import { measured } from '../measured.ts';
import { nothingHeard } from './nothing-heard.ts';

/** Something that a probe complains about: a check or a threshold. */
export interface Trouble {
  id: string;
  /** It makes the probe critical, not just a warning. */
  isFatal: boolean;
  title: string;
  hint: string;
}

/**
 * What is not as it should be, the fatal first, else in the order of the checks; empty when all is well.
 *
 * @param ignore checks that do not count
 */
export function troubles(result: ProbeResult, ignore: readonly CheckId[]): Trouble[] {
  const { checks, thresholds } = result;
  const unheard = nothingHeard(result, ignore);
  const all: Trouble[] = [
    ...checks
      .filter(({ id, status }) => (status === 'fail' || status === 'warn') && !ignore.includes(id))
      .map(({ id, status, title, hint }) => ({ id, isFatal: status === 'fail', title, hint })),
    ...thresholds
      .filter(({ status }) => status !== 'pass')
      .map((threshold) => ({
        id: threshold.expression,
        isFatal: threshold.level === 'crit',
        title: measured(threshold),
        hint: '',
      })),
  ];
  if (all.length === 0 && unheard !== null) return [{ id: 'stream', isFatal: false, title: unheard, hint: '' }];
  return [...all.filter(({ isFatal }) => isFatal), ...all.filter(({ isFatal }) => !isFatal)];
}
