import { UsageError } from '../core/errors.ts';
import { readScenarioText } from './file-text.ts';
import { type FlagValues, resolvePlan, type Rule, type ScenarioEntry } from './resolve.ts';
import { type SoakPlan, soakOptions } from './soak-options.ts';
import { soakRules } from './soak-rules.ts';
import { readEntries } from './yaml-entries.ts';

export interface SoakSources {
  /** Path of a scenario file. */
  file?: string | undefined;
  /** What a program gives; it wins over the file. */
  entries?: readonly ScenarioEntry[];
  flags?: FlagValues;
  /**
   * Throws a UsageError for a threshold that makes no sense. The grammar lives above this layer, in the
   * verdict; asking from here lets its complaint name the line of the file.
   */
  checkThreshold?: (expression: string) => void;
}

/**
 * Defaults, then the scenario file, then flags, as one deeply frozen plan.
 *
 * @throws {UsageError} one line that begins with `FILE:LINE:COLUMN:` or `--flag:`, before anything is started
 */
export function loadSoakPlan({ file, entries: given = [], flags = {}, checkThreshold }: SoakSources): SoakPlan {
  const entries = file === undefined ? [] : readEntries(file, readScenarioText(file));
  const rules = checkThreshold === undefined ? soakRules : [...soakRules, thresholdRule(checkThreshold)];
  return resolvePlan(soakOptions, { flags, entries: [...entries, ...given] }, rules);
}

function thresholdRule(check: (expression: string) => void): Rule<SoakPlan> {
  return ({ thresholds }) => {
    for (const [at, expression] of thresholds.entries()) {
      try {
        check(expression);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        const { message, hint } = error;
        return { keys: ['thresholds'], message, at, ...(hint === undefined ? {} : { hint }) };
      }
    }
    return null;
  };
}
