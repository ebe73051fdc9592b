/**
 * `sse-probe probe URL`: looks at one stream and says whether it is sound, once or again and again.
 */
import { EXIT, UsageError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import { prepareProbe } from '../library/prepared-probe.ts';
import { GarbageWatch } from '../core/garbage-watch.ts';
import { urlArgument } from '../options/values/urls.ts';
import { MAX_HELD_BYTES, ProbeRoom } from '../probe/probe-room.ts';
import { probe, type ProbeRequest } from '../probe/run.ts';
import { waitedFor } from '../probe/waited.ts';
import { EXIT_CODE_OF, type ProbeResult } from '../probe/result.ts';
import { probeJson } from '../report/probe/json.ts';
import { PLAIN } from '../report/paint.ts';
import { probeChanges, probeText, type ProbeView } from '../report/probe/text.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { hostOf } from '../core/host.ts';
import { liveLine, type LiveLine, waitingParts } from './live-line.ts';
import { output } from './output.ts';
import { connectingParts, pauseParts, probeParts } from './probe-line.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param urlText none for an exporter. @returns the exit code; @throws {UsageError} */
export async function probeCommand(urlText: string | undefined, plan: ProbePlan): Promise<number> {
  const url = urlOf(urlText, plan);
  await checkReports(plan);
  const room = new ProbeRoom(new GarbageWatch(MAX_HELD_BYTES));
  const prepared = { ...(await prepareProbe(plan, process.env)), room };
  const interrupted = new AbortController();
  const onSignal = (): void => {
    if (interrupted.signal.aborted) process.exit(EXIT.probe.interrupted);
    interrupted.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    if (url !== null) return await lookAt({ ...prepared, url, plan, signal: interrupted.signal });
    const { serveProbes } = await import('./probe-serve.ts');
    return await serveProbes(plan, prepared, interrupted.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** Loaded where there are any: a probe that another program runs is to be quick. @throws {UsageError} */
async function checkReports({ reports }: ProbePlan): Promise<void> {
  if (reports.length === 0) return;
  const { checkWritable } = await import('./report-files.ts');
  for (const { file } of reports) await checkWritable(file);
}

/** Probes once, or repeatedly with `--watch`, and shows in a terminal what it waits for. */
async function lookAt(request: ProbeRequest): Promise<number> {
  const line = liveLine(request.plan);
  try {
    return await lookedAt(request, line);
  } finally {
    line.close();
  }
}

async function lookedAt(request: ProbeRequest, line: LiveLine): Promise<number> {
  const { url, plan, signal } = request;
  const waited = await waitedFor(request, (text) => {
    if (line.isShown) line.show(waitingParts(text, plan.waitMs));
    else if (!plan.quiet) process.stderr.write(`sse-probe: ${text}\n`);
  });
  if (plan.waitMs > 0 && signal.aborted) return EXIT.probe.interrupted;
  const look = async (asked: ProbeRequest): Promise<ProbeResult> => {
    line.show(connectingParts(hostOf(url), Math.min(plan.durationMs, plan.deadlineMs ?? Number.POSITIVE_INFINITY)));
    const looked = await probe({ ...asked, onWatching: (progress) => line.show(probeParts(progress)) });
    line.hide();
    return looked;
  };
  let result = await look(waited);
  print(plan, await rendered(result, plan));
  await report(result, plan);
  for (let probes = 1; plan.watchMs !== null && !signal.aborted && !output.isGone; probes += 1) {
    line.show(pauseParts(plan.watchMs, probes, result.status));
    await pause(plan.watchMs, signal);
    if (signal.aborted) break;
    const next = await look(request);
    if (!signal.aborted) {
      print(plan, await changed(result, next, plan));
      await report(next, plan);
    }
    result = next;
  }
  return signal.aborted ? EXIT.probe.interrupted : EXIT_CODE_OF[result.status];
}

function print({ json, format }: ProbePlan, text: string): void {
  if (json || format !== 'text') output.report(text);
  else output.print(text);
}

async function rendered(result: ProbeResult, plan: ProbePlan): Promise<string> {
  const format = plan.json ? 'json' : plan.format;
  if (format === 'json') return probeJson(result);
  if (format === 'text') return probeText(result, await viewOf(plan));
  // Formats for other programs are loaded for them only.
  const { PROBE_FORMATS } = await import('../report/probe/formats.ts');
  return PROBE_FORMATS[format](result, plan.ignore);
}

/** The reports beside the output, and what their formats say on stderr. @throws {OutputError} */
async function report(result: ProbeResult, { json, format, reports, ignore }: ProbePlan): Promise<void> {
  if (reports.length === 0 && format !== 'github') return;
  const { PROBE_ASIDES, PROBE_FORMATS } = await import('../report/probe/formats.ts');
  for (const name of new Set([...(json ? [] : [format]), ...reports.map((target) => target.format)]))
    process.stderr.write((await PROBE_ASIDES[name]?.(result, ignore)) ?? '');
  const { writeReports } = await import('./report-files.ts');
  await writeReports(reports, (target) =>
    target.format === 'json' ? probeJson(result) : PROBE_FORMATS[target.format](result, ignore),
  );
}

/** The output for a changed result: in text the differences only, in other formats the whole result. */
async function changed(before: ProbeResult, after: ProbeResult, plan: ProbePlan): Promise<string> {
  return plan.json || plan.format !== 'text' ? rendered(after, plan) : probeChanges(before, after, await viewOf(plan));
}

async function viewOf({ noColor, quiet, ignore }: ProbePlan): Promise<ProbeView> {
  const { stdout } = process;
  // Colours are loaded where there is a terminal to show them: a probe that another program runs is to be quick.
  if (stdout.isTTY !== true) return { paint: PLAIN, columns: null, quiet, ignore };
  const { columnsOf, paintFor } = await import('./terminal.ts');
  return { paint: await paintFor(stdout, noColor), columns: columnsOf(stdout), quiet, ignore };
}

/** The URL to probe; null for an exporter. @throws {UsageError} */
function urlOf(text: string | undefined, { serve }: ProbePlan): URL | null {
  if (text === undefined && serve === null)
    throw new UsageError('no URL was given', { hint: 'For example: sse-probe probe http://127.0.0.1:8787/events' });
  if (text === undefined) return null;
  if (serve !== null)
    throw new UsageError('--serve: the target comes with each request to the exporter', { hint: 'Remove the URL.' });
  return urlArgument(text);
}
