/** `probe()`: from what a program gives to the report. Loaded by the first call. */
import { probe } from '../probe/run.ts';
import { waitedFor } from '../probe/waited.ts';
import { probeJson } from '../report/probe/json.ts';
import type { ProbeReport } from '../report/probe/probe-report.ts';
import { entriesOf } from '../options/given-object.ts';
import { loadProbePlan, probeOptions } from '../options/probe-options.ts';
import { urlArgument } from '../options/values/urls.ts';
import { refuseLeft } from './left-options.ts';
import { prepareProbe } from './prepared-probe.ts';
import type { ProbeOptions } from './probe-options.ts';

const LEFT = ['Output', 'Exporter', 'watch'] as const;

/**
 * @throws {UsageError} the network's troubles are findings, no errors; the reason of a signal that was aborted before
 */
export async function runProbeOptions(
  url: string | URL,
  { signal = new AbortController().signal, ...options }: ProbeOptions,
): Promise<ProbeReport> {
  signal.throwIfAborted();
  refuseLeft('probe()', options, probeOptions, LEFT);
  const plan = loadProbePlan({ entries: entriesOf('probe()', options) });
  const target = urlArgument(String(url));
  const request = { ...(await prepareProbe(plan, process.env)), url: target, plan, signal };
  const result = await probe(await waitedFor(request, () => {}));
  return JSON.parse(probeJson(result)) as ProbeReport;
}
