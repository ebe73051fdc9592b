/** What a probe needs beside its plan: read and checked before anything is asked. */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../core/errors.ts';
import { parseRules } from '../probe/metrics.ts';
import type { ProbeRequest } from '../probe/run.ts';
import { ValueError } from '../options/values/value-kind.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { targetUrl } from '../options/values/urls.ts';
import { proxyVariables } from '../wire/proxy.ts';
import { bearerToken } from './token.ts';
import { packageVersion } from './version.ts';

/** What holds for every URL that is probed with this plan. */
export type PreparedProbe = Omit<ProbeRequest, 'url' | 'signal' | 'plan'>;

/** @throws {UsageError} for a threshold, a token or a file that is none */
export async function prepareProbe(plan: ProbePlan, environment: NodeJS.ProcessEnv): Promise<PreparedProbe> {
  return {
    rules: [...parseRules(plan.warn, 'warn'), ...parseRules(plan.crit, 'crit')],
    bearer: bearerToken(plan, environment),
    trust: { insecure: plan.insecure, ...(plan.caFile === null ? {} : { ca: await readCa(plan.caFile) }) },
    proxies: { given: plan.proxy, environment: proxyVariables(environment) },
    version: packageVersion(),
  };
}

/** @throws {UsageError} for what is no address of a stream */
export function probeUrl(text: string): URL {
  try {
    return new URL(targetUrl.read(text));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(`the URL ${error.message}`, {
      hint: 'For example: sse-probe probe http://127.0.0.1:8787/events',
    });
  }
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--ca: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      hint: 'Name a PEM file with certificates.',
    });
  }
}
