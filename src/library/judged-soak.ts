/**
 * A plan → a run → its verdict: what the command line and a program that imports `soak()` have in common. It
 * prints nothing and hears no signals but the one that it is given.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../core/clock.ts';
import { redactedTexts } from '../core/redact.ts';
import type { RunListener } from '../core/run-events.ts';
import { redacted } from '../findings/redacted.ts';
import type { SoakResult } from '../report/soak/soak-result.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { descriptorLimit } from '../soak/capacity.ts';
import type { RunRecord } from '../record/run-record.ts';
import { runSoak } from '../soak/run.ts';
import type { Vanishing } from '../soak/vanish/vanishing-here.ts';
import { KEY_VARIABLE } from '../workers/key-variable.ts';
import type { ReservedWorkers } from '../workers/reserve-workers.ts';
import { EarlyEnd } from '../verdict/early-end.ts';
import { growthOfRun } from '../verdict/growth-of-run.ts';
import { parseThreshold, type Threshold } from '../verdict/thresholds.ts';
import { judge } from '../verdict/verdict.ts';
import { proxyVariables } from '../wire/proxy.ts';
import { redisUrlOf } from './redis-option.ts';
import { soakSecrets, withoutSecretsInNames } from './soak-secrets.ts';
import { bearerToken } from './token.ts';
import { packageVersion } from './version.ts';

const MAX_SEED = 2 ** 32;
const PROGRAM = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));

/** A plan that was checked as far as that is possible before anything is started. */
export interface PreparedSoak extends Vanishing {
  thresholds: readonly Threshold[];
  bearer: string | null;
  /** The Redis of its workers; null where this machine holds the clients. */
  redis: string | null;
  environment: NodeJS.ProcessEnv;
}

/** @throws {UsageError} for an unknown fault, and for a token that is not there */
export async function prepareSoak(vanishing: Vanishing, environment: NodeJS.ProcessEnv): Promise<PreparedSoak> {
  const { plan } = vanishing;
  const thresholds = plan.thresholds.map(parseThreshold);
  await checkFaults(plan.faults);
  return {
    ...vanishing,
    thresholds,
    bearer: bearerToken(plan, environment),
    redis: redisUrlOf(plan, environment),
    environment,
  };
}

export interface WatchedSoak {
  signal: AbortSignal;
  onEvent: RunListener;
  /**
   * Told about once a second where the plan has a page (`ui`). The result so far is put together when it is asked for;
   * what it concludes is not the verdict of the run.
   */
  onSoFar?: (soFar: () => SoakResult) => void;
}

/** @throws what `runSoak` does, when the run cannot begin */
export async function judgedSoak(
  prepared: PreparedSoak,
  { signal, onEvent, onSoFar = () => {} }: WatchedSoak,
): Promise<SoakResult> {
  const { plan, network, degraded, thresholds, bearer, redis } = prepared;
  const seed = plan.seed ?? randomInt(MAX_SEED);
  const version = packageVersion();
  const earlyEnd = new EarlyEnd(thresholds);
  const environment = await thisMachine();
  const secrets = soakSecrets(plan, bearer);
  const judged = (record: RunRecord): SoakResult => {
    withoutSecretsInNames(record.summary.refusalsByCause, secrets);
    const verdict = judge(record, { thresholds, failOn: plan.failOn, ignore: plan.ignore });
    const findings = verdict.findings.map((finding) => redacted(finding, secrets));
    const questions = redactedTexts(verdict.questions, secrets);
    return { version, plan, seed, record, verdict: { ...verdict, findings, questions }, environment };
  };
  const workers = redis === null ? null : await takeWorkers(redis, prepared, { signal, onEvent });
  const record = await runSoak({
    plan,
    workers,
    seed,
    bearer,
    version,
    vanishing: network,
    degraded,
    serverCommand: [PROGRAM],
    signal,
    onEvent,
    clock: systemClock,
    proxyEnvironment: proxyVariables(prepared.environment),
    growthOf: growthOfRun,
    onSoFar: (soFar) => {
      onSoFar(() => judged(soFar()));
      return earlyEnd.look(soFar);
    },
  }).finally(() => workers?.release());
  return judged(record);
}

async function takeWorkers(
  url: string,
  { plan, environment }: PreparedSoak,
  watched: WatchedSoak,
): Promise<ReservedWorkers> {
  const { workersFor } = await import('./load-workers.ts');
  return workersFor({
    plan,
    url,
    key: environment[KEY_VARIABLE] ?? null,
    version: packageVersion(),
    clock: systemClock,
    ...watched,
  });
}

async function thisMachine(): Promise<SoakResult['environment']> {
  return {
    node: process.versions.node,
    platform: process.platform,
    cpus: availableParallelism(),
    fdLimit: await descriptorLimit(),
  };
}

async function checkFaults(names: SoakPlan['faults']): Promise<void> {
  if (names.length === 0) return;
  const { checkFaultNames } = await import('../server/faults/registry.ts');
  checkFaultNames(names);
}
