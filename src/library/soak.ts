/** `soak()`: from what a program gives to the report. Loaded by the first call. */
import { soakReport } from '../report/soak/json.ts';
import type { SoakReport } from '../report/soak/soak-report.ts';
import { entriesOf } from '../options/given-object.ts';
import { loadSoakPlan } from '../options/soak-plan.ts';
import { soakOptions } from '../options/soak-options.ts';
import { givenBack, vanishHere } from '../soak/vanish/vanishing-here.ts';
import { parseThreshold } from '../verdict/thresholds.ts';
import { refuseLeft } from './left-options.ts';
import { judgedSoak, prepareSoak } from './judged-soak.ts';
import type { SoakOptions } from './soak-options.ts';

const LEFT = ['Output'] as const;

/**
 * @throws {SseProbeError} what prevents a run from beginning; the signal's reason when it was aborted before the run
 * began
 */
export async function runSoakOptions({
  scenario,
  signal = new AbortController().signal,
  ...options
}: SoakOptions): Promise<SoakReport> {
  signal.throwIfAborted();
  refuseLeft('soak()', options, soakOptions, LEFT);
  const plan = loadSoakPlan({ file: scenario, entries: entriesOf('soak()', options), checkThreshold: parseThreshold });
  const vanishing = await vanishHere(plan);
  return givenBack(vanishing.network, async () => {
    const prepared = await prepareSoak(vanishing, process.env);
    const result = await judgedSoak(prepared, { signal, onEvent: () => {} }).catch((error: unknown) => {
      // A run that its caller ended before it began is neither a server that did not start nor one out of reach.
      signal.throwIfAborted();
      throw error;
    });
    // Once through JSON, so that it is what `--json` writes, to the last null.
    return JSON.parse(JSON.stringify(soakReport(result))) as SoakReport;
  });
}
