/** `probe()`: from what a program gives to the report. Loaded by the first call. */
import { probe } from '../probe/run.ts';
import { type ProbeReport, probeJson } from '../report/probe/json.ts';
import { entriesOf } from '../options/given-object.ts';
import { loadProbePlan, probeOptions } from '../options/probe-options.ts';
import { type GivenOptions, refuseLeft } from './given-options.ts';
import { urlArgument } from '../options/values/urls.ts';
import { prepareProbe } from './prepared-probe.ts';

const LEFT = ['Output', 'Exporter', 'watch'] as const;

/** The flags of `sse-probe probe` without their dashes, as in the README's table: `{ until: 'event', deadline: '5s' }`. */
export interface ProbeOptions extends GivenOptions<typeof probeOptions, (typeof LEFT)[number]> {
  /** Ends the probe; what was found out so far is given, with `endedBy: 'interrupted'`. */
  signal?: AbortSignal | undefined;
}

/** @throws {UsageError} the network's troubles are findings, no errors; the reason of a signal that was aborted before */
export async function runProbeOptions(
  url: string | URL,
  { signal = new AbortController().signal, ...options }: ProbeOptions,
): Promise<ProbeReport> {
  signal.throwIfAborted();
  refuseLeft('probe()', options, probeOptions, LEFT);
  const plan = loadProbePlan({ entries: entriesOf('probe()', options) });
  const target = urlArgument(String(url), 'probe');
  const result = await probe({
    ...(await prepareProbe(plan, process.env)),
    url: target,
    plan,
    signal,
  });
  return JSON.parse(probeJson(result)) as ProbeReport;
}
