/**
 * `sse-probe soak`: flags and file → plan → run → verdict → reports → exit code.
 */
import { EXIT, OutputError, SseProbeError, StartError, UsageError } from '../core/errors.ts';
import type { RunListener } from '../core/run-events.ts';
import { SOAK_ASIDES, SOAK_FORMATS } from '../report/soak/formats.ts';
import { soakReport } from '../report/soak/json.ts';
import type { SoakReport } from '../report/soak/soak-report.ts';
import type { SoakResult } from '../report/soak/soak-result.ts';
import { type SoakView, textReport } from '../report/soak/text.ts';
import { judgedSoak, prepareSoak } from '../library/judged-soak.ts';
import { isStdin, readStdin } from '../options/file-text.ts';
import { planYaml } from '../options/plan-yaml.ts';
import { redactedPlan } from '../options/redacted-plan.ts';
import { loadSoakPlan } from '../options/soak-plan.ts';
import type { FlagValues } from '../options/resolve.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { givenBack, type Vanishing } from '../soak/vanish/vanishing-here.ts';
import { packageVersion } from '../library/version.ts';
import { parseThreshold } from '../verdict/thresholds.ts';
import { proxyVariables } from '../wire/proxy.ts';
import { liveView } from './live-view.ts';
import type { ServedMetrics } from './soak-metrics.ts';
import type { ServedPage } from './soak-ui.ts';
import { insideNamespace } from '../soak/vanish/namespace.ts';
import { output } from './output.ts';
import { checkWritable, isStdout, writeReports } from './report-files.ts';
import { soakSources } from './soak-argument.ts';
import { columnsOf, isUtf8, paintFor } from './terminal.ts';
import { prepareVanishing } from './vanished-clients.ts';
import { unusedProxy } from '../reach/unused-proxy.ts';

/** How long output that is on its way may take after an interrupt. */
const LEAVE_MS = 1000;

export interface SoakArguments {
  /** A scenario file, or the URL of a stream. */
  argument: string | undefined;
  flags: FlagValues;
}

/** @returns the exit code; @throws the errors of core/errors.ts for what prevents a run */
export async function soakCommand({ argument, flags }: SoakArguments): Promise<number> {
  const sources = argument === undefined ? { flags } : soakSources(argument, flags);
  const stdin = sources.file !== undefined && isStdin(sources.file) ? readStdin() : undefined;
  const leftOut: string[] = [];
  const asked = loadSoakPlan({
    ...sources,
    stdin,
    checkThreshold: parseThreshold,
    onLeftOut: (keys) => leftOut.push(...keys),
  });
  if (leftOut.length > 0 && !asked.quiet) process.stderr.write(`${leftOutNote(leftOut)}\n`);
  if (asked.dryRun) return dryRun(asked);
  const vanishing = await prepareVanishing(asked, stdin);
  return typeof vanishing === 'number' ? vanishing : givenBack(vanishing.network, () => soak(vanishing));
}

function leftOutNote(keys: readonly string[]): string {
  return `sse-probe: --url names the server, so these keys of the file for the built-in server are ignored: ${keys.join(', ')}`;
}

/** All that a run checks before it starts anything, and then the plan as a scenario. @throws {UsageError} */
async function dryRun(plan: SoakPlan): Promise<number> {
  await prepareSoak({ plan, network: null, degraded: null }, process.env);
  output.report(planYaml(redactedPlan(plan)));
  return EXIT.soak.pass;
}

async function soak(vanishing: Vanishing): Promise<number> {
  const prepared = await prepareSoak(vanishing, process.env);
  const { plan } = prepared;
  for (const { file } of plan.reports) await checkWritable(file, insideNamespace());
  const unused = unusedProxy(plan, proxyVariables(process.env));
  if (unused !== null && !plan.quiet) process.stderr.write(`${unused}\n`);
  const metrics = await servedMetrics(plan);
  const stop = new AbortController();
  const page = await servedPage(plan, () => stop.signal.aborted);

  const unhook = onStopSignals(() => stop.abort());
  const view = await liveView({ plan, isStopping: () => stop.signal.aborted });
  try {
    const result = await judgedSoak(prepared, {
      signal: stop.signal,
      onEvent: all([view.listener, metrics?.listener, page?.listener]),
      ...(page === null ? {} : { onSoFar: page.soFar }),
    });
    view.close();
    const made = soakReport(result);
    page?.over(made);
    await report(result, made);
    // An interrupt that comes while the reports are written changes nothing in them.
    const exitCode = stop.signal.aborted ? EXIT.soak.interrupted : result.verdict.exitCode;
    await page?.read(stop.signal);
    return exitCode;
  } catch (error) {
    // A run that was ended before it began is neither a server that did not start nor one out of reach.
    if (!stop.signal.aborted || !(error instanceof SseProbeError) || error instanceof OutputError) throw error;
    process.stderr.write('sse-probe: interrupted before the run began; there is nothing to report\n');
    return EXIT.soak.interrupted;
  } finally {
    if (stop.signal.aborted) leaveBehind();
    view.close();
    await metrics?.close();
    await page?.close();
    unhook();
  }
}

/** @throws {UsageError} where it cannot listen, or where nobody could reach it */
async function servedMetrics({ metrics, quiet }: SoakPlan): Promise<ServedMetrics | null> {
  if (metrics === null) return null;
  refuseInNamespace('--metrics');
  const { serveSoakMetrics } = await import('./soak-metrics.ts');
  const served = await serveSoakMetrics(metrics, packageVersion()).catch((error: unknown) => {
    if (!(error instanceof StartError)) throw error;
    throw new UsageError(error.message, { hint: error.hint ?? '', cause: error });
  });
  if (!quiet) process.stderr.write(`metrics at ${served.url}/metrics\n`);
  return served;
}

/** Its address has a secret that only this process knows, so it is printed whatever else is not. */
async function servedPage(plan: SoakPlan, isStopping: () => boolean): Promise<ServedPage | null> {
  if (!plan.ui) return null;
  refuseInNamespace('--ui');
  const { serveSoakPage } = await import('./soak-ui.ts');
  const page = await serveSoakPage(plan, isStopping);
  process.stderr.write(`page at ${page.url}\n`);
  return page;
}

/** @throws {UsageError} where what the flag serves could be reached by nobody */
function refuseInNamespace(flag: string): void {
  if (!insideNamespace()) return;
  throw new UsageError(`${flag}: vanished clients move the run into a network of its own, which nobody else reaches`, {
    hint: 'Leave vanished clients out of --mix, or run as a user who may change the network of this machine.',
  });
}

function all(listeners: readonly (RunListener | undefined)[]): RunListener {
  return (event) => {
    for (const listener of listeners) listener?.(event);
  };
}

async function viewOf({ noColor }: SoakPlan): Promise<SoakView> {
  const { stdout } = process;
  return { paint: await paintFor(stdout, noColor), columns: columnsOf(stdout), isUtf8: isUtf8() };
}

/**
 * The summary first: it is there whatever becomes of the reports. Asides come once for several reports of one format.
 *
 * @throws {OutputError}
 */
async function report(result: SoakResult, made: SoakReport): Promise<void> {
  const { plan } = result;
  const onStdout = plan.json ? 'json' : plan.reports.find(({ file }) => isStdout(file))?.format;
  if (onStdout === undefined) output.print(textReport(result, await viewOf(plan)));
  else output.report(await SOAK_FORMATS[onStdout](made));
  for (const format of new Set(plan.reports.map((target) => target.format)))
    process.stderr.write((await SOAK_ASIDES[format]?.(made)) ?? '');
  await writeReports(
    plan.reports.filter(({ file }) => !isStdout(file)),
    ({ format }) => SOAK_FORMATS[format](made),
  );
}

/** What cannot be called off, such as a question to a name server, does not keep an interrupted process alive. */
function leaveBehind(): void {
  setTimeout(() => process.exit(), LEAVE_MS).unref();
}

/** The first signal ends the run and keeps what was measured; the second one ends the process. */
function onStopSignals(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let asked = false;
  const handle = (): void => {
    if (asked) process.exit(EXIT.soak.interrupted);
    asked = true;
    stop();
  };
  for (const signal of signals) process.on(signal, handle);
  // Inside a namespace: the process that started us has gone, and with it the only way to stop us.
  if (insideNamespace()) process.on('disconnect', handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
    process.off('disconnect', handle);
  };
}
