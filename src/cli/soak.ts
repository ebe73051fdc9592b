/**
 * `sse-probe soak`: flags and file → plan → run → verdict → reports → exit code.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';
import { soakReport } from '../report/json.ts';
import type { SoakResult } from '../report/soak-result.ts';
import { textReport } from '../report/text.ts';
import { loadSoakPlan } from '../scenario/load.ts';
import type { FlagValues } from '../scenario/resolve.ts';
import type { SoakPlan } from '../scenario/soak-options.ts';
import { descriptorLimit } from '../soak/capacity.ts';
import { runSoak } from '../soak/run.ts';
import type { VanishingNetwork } from '../soak/vanishing.ts';
import { EarlyEnd } from '../verdict/early-end.ts';
import { parseThreshold } from '../verdict/thresholds.ts';
import { judge } from '../verdict/verdict.ts';
import { proxyVariables } from '../wire/proxy.ts';
import { liveView, paintFor } from './live-view.ts';
import { bearerToken } from './bearer-token.ts';
import { insideNamespace } from './namespace.ts';
import { checkWritable, writeReport } from './report-files.ts';
import { prepareVanishing } from './vanished-clients.ts';
import { unusedProxy } from './unused-proxy.ts';
import { packageVersion } from './version.ts';

const MAX_SEED = 2 ** 32;
const PROGRAM = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));

export interface SoakArguments {
  scenarioFile: string | undefined;
  flags: FlagValues;
}

/** @returns the exit code; @throws the errors of core/errors.ts for what prevents a run */
export async function soakCommand({ scenarioFile, flags }: SoakArguments): Promise<number> {
  const asked = loadSoakPlan({ file: scenarioFile, flags, checkThreshold: parseThreshold });
  const vanishing = await prepareVanishing(asked);
  if (vanishing.done) return vanishing.exitCode;
  const { plan, network, degraded } = vanishing;
  const releaseNow = (): void => network?.releaseNow();
  process.once('exit', releaseNow);
  try {
    return await soak(plan, network, degraded);
  } finally {
    await network?.release();
    process.off('exit', releaseNow);
  }
}

async function soak(plan: SoakPlan, vanishing: VanishingNetwork | null, degraded: string | null): Promise<number> {
  const thresholds = plan.thresholds.map(parseThreshold);
  await checkFaults(plan.faults);
  const bearer = bearerToken(plan);
  for (const { file } of plan.reports) await checkWritable(file);

  const proxyEnvironment = proxyVariables(process.env);
  const unused = unusedProxy(plan, proxyEnvironment);
  if (unused !== null && !plan.quiet) process.stderr.write(`${unused}\n`);

  const stop = new AbortController();
  const unhook = onStopSignals(() => stop.abort());
  const view = await liveView({ quiet: plan.quiet || plan.json, noColor: plan.noColor });
  const seed = plan.seed ?? randomInt(MAX_SEED);
  const version = packageVersion();
  const earlyEnd = new EarlyEnd(thresholds);
  try {
    const record = await runSoak({
      plan, seed, bearer, version, vanishing, degraded, serverCommand: [PROGRAM], signal: stop.signal, proxyEnvironment, clock: systemClock,
      onEvent: view.listener, endEarly: (soFar) => earlyEnd.look(soFar),
    });
    view.close();
    const verdict = judge(record, { thresholds, failOn: plan.failOn, ignore: plan.ignore });
    const environment = {
      node: process.versions.node, platform: process.platform, cpus: availableParallelism(), fdLimit: await descriptorLimit(),
    };
    await report({ version, plan, seed, record, verdict, environment });
    return verdict.exitCode;
  } finally {
    view.close();
    unhook();
  }
}

async function report(result: SoakResult): Promise<void> {
  const { plan } = result;
  const json = `${JSON.stringify(soakReport(result), null, 2)}\n`;
  for (const { file } of plan.reports) await writeReport(file, json);
  const jsonOnStdout = plan.json || plan.reports.some(({ file }) => file === '-');
  if (plan.json) process.stdout.write(json);
  else if (!jsonOnStdout) process.stdout.write(textReport(result, paintFor(process.stdout, plan.noColor)));
}

async function checkFaults(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { faults } = await import('../hub/faults/registry.ts');
  const unknown = names.find((name) => !faults.has(name));
  if (unknown === undefined) return;
  throw new UsageError(`--fault: there is no fault ${JSON.stringify(unknown)}`, {
    hint: `Known faults: ${[...faults.keys()].join(', ')}.`,
  });
}

/** The first signal ends the run and keeps what was measured; the second one ends the process. */
function onStopSignals(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let asked = false;
  const handle = (): void => {
    if (asked) process.exit(130);
    asked = true;
    stop();
  };
  for (const signal of signals) process.on(signal, handle);
  // Inside a namespace: whoever started us there is gone, and with it the only way to be stopped.
  if (insideNamespace()) process.on('disconnect', handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
    process.off('disconnect', handle);
  };
}
