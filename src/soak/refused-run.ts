/**
 * What a run leaves behind when the first attempt at its target is refused.
 *
 * None of the planned clients is built: 200,000 of them would take some 150 MB to tell of one refusal. They are counted
 * as planned and idle, as if each had been built and had never begun.
 */
import { GeneratorLimitError, UnreachableError } from '../core/errors.ts';
import { countUp } from '../measure/figures.ts';
import { apportion } from './load/pacer.ts';
import type { LoadResult } from './load/load-generator.ts';
import { countRefusal } from './load/refusals.ts';
import type { ShardPlan } from './load/shard-plan.ts';
import { type GeneratorOptions, oneProcess } from './load/start-generator.ts';
import type { Refused } from './preflight.ts';
import type { Surroundings, Target } from './target/target.ts';
import { unreachableHint } from './target/unreachable.ts';

/** The end of a client that never began (a state of `client/client-state.ts`). */
const NEVER_BEGAN = 'idle';

/**
 * @throws {UnreachableError} where nobody answered: a run against nobody is not judged · {GeneratorLimitError} where it is
 * this machine that has no descriptor or port
 */
export async function refusedRun(
  target: Target,
  { answered, figures, ...attempt }: Refused,
  plan: ShardPlan,
  options: Pick<GeneratorOptions, 'bearer' | 'version' | 'clock'> & Surroundings,
): Promise<LoadResult> {
  const { cause, detail } = attempt;
  if (cause === 'client-limit')
    throw new GeneratorLimitError(`this machine cannot connect a single client: ${detail}`, {
      hint: unreachableHint(cause, detail, { url: target.url, kind: target.transport.kind, ...options }),
    });
  if (!answered) {
    throw new UnreachableError(`${target.url.host} cannot be reached: ${cause} (${detail})`, {
      hint: unreachableHint(cause, detail, { url: target.url, kind: target.transport.kind, ...options }),
    });
  }
  const nobody = await oneProcess(target, { ...plan, clients: 0 }, options);
  const result = await nobody.leave();
  const { summary } = result;
  const counts = apportion(plan.clients, plan.mix);
  for (const kind of Object.keys(counts) as (keyof typeof counts)[]) {
    if (counts[kind] > 0) summary.kind(kind).planned += counts[kind];
  }
  countUp(summary.ends, NEVER_BEGAN, plan.clients);
  countRefusal(summary, 'healthy', attempt);
  for (const [text, count] of figures.refusedAnswers) countUp(summary.refusedAnswers, text, count);
  for (const [marks, count] of figures.serverMarks) countUp(summary.serverMarks, marks, count);
  return result;
}
