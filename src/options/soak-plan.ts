import { UsageError } from '../core/errors.ts';
import { withBodyType } from './asking-options.ts';
import { readScenarioText, shownFile } from './file-text.ts';
import { type FlagValues, resolvePlan, type Rule, type ScenarioEntry } from './resolve.ts';
import { type SoakPlan, soakOptions } from './soak-options.ts';
import { soakRules } from './soak-rules.ts';
import type { Environment } from './variables.ts';
import { readEntries } from './yaml-entries.ts';

/** Flags of the server that a run starts itself. */
const OWN_SERVER_FLAGS: ReadonlySet<string> = new Set(
  [soakOptions.serverArgs, soakOptions.serverProcesses, soakOptions.faults].map(({ flag }) => flag),
);

export interface SoakSources {
  /** Path of a scenario file; `-` for stdin. */
  file?: string | undefined;
  /** What stdin said, where the file is `-` and was read before. Default: it is read. */
  stdin?: Uint8Array | undefined;
  /** Whose variables the file may name. Default: that of this process. */
  environment?: Environment;
  /** What a program gives; it wins over the file. */
  entries?: readonly ScenarioEntry[];
  flags?: FlagValues;
  /**
   * Throws a UsageError for a threshold that makes no sense. The grammar lives above this layer, in the
   * verdict; asking from here lets its complaint name the line of the file.
   */
  checkThreshold?: (expression: string) => void;
  /**
   * Hears which keys of the file are left out, since they are for the server of its own and a URL is given beside the
   * file.
   */
  onLeftOut?: (keys: readonly string[]) => void;
}

/**
 * Defaults, then the scenario file, then flags, as one deeply frozen plan.
 *
 * @throws {UsageError} one line that begins with `FILE:LINE:COLUMN:` or `--flag:`, before anything is started
 */
export function loadSoakPlan(sources: SoakSources): SoakPlan {
  const { entries: given = [], flags = {}, checkThreshold, onLeftOut } = sources;
  const entries = entriesOfFile(sources);
  const rules = checkThreshold === undefined ? soakRules : [...soakRules, thresholdRule(checkThreshold)];
  const leftOut = 'url' in flags || given.some(({ key }) => key === 'url') ? ownServerIn(entries) : [];
  if (leftOut.length > 0) onLeftOut?.(leftOut.map(({ key }) => key));
  return withBodyType(resolvePlan(soakOptions, { flags, entries: [...entries, ...given], leftOut }, rules));
}

function entriesOfFile({ file, stdin, environment = process.env }: SoakSources): readonly ScenarioEntry[] {
  if (file === undefined) return [];
  return readEntries(shownFile(file), readScenarioText(file, stdin), environment);
}

/** A URL that is given beside a file makes the file's words on the server of its own pointless. */
function ownServerIn(entries: readonly ScenarioEntry[]): readonly ScenarioEntry[] {
  // A file that names a URL itself contradicts itself, and is told so.
  if (entries.some(({ key }) => key === 'url')) return [];
  return entries.filter(({ key }) => OWN_SERVER_FLAGS.has(key));
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
