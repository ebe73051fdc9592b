/**
 * Which questions a run asks of its server, as far as its plan tells, and which of them it has heard enough to judge by
 * now: for those who watch it. Whether they are judged is said by the verdict alone (verdict/questions.ts), when the run
 * is over.
 */
import type { AskedQuestion } from '../core/run-events.ts';
import type { Growth } from '../memory/trend.ts';
import { warmUpMs } from '../memory/trend.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { PROFILES } from '../protocols/profiles.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Target } from './target/target.ts';

/** What the growth of the server's memory is judged by. */
export type MemorySoFar = Pick<RunRecord, 'series' | 'loadFromMs' | 'peakClients' | 'server'>;
export type GrowthOf = (soFar: MemorySoFar) => Growth;

/** A trend of minutes is not looked at more often. */
const MEMORY_LOOK_MS = 15_000;

export class RunQuestions {
  private readonly asked: readonly string[];
  private readonly growthOf: GrowthOf;
  private memoryLookMs = 0;
  private isMemoryTold = false;

  constructor(plan: SoakPlan, target: Pick<Target, 'origin' | 'countsClients'>, growthOf: GrowthOf) {
    this.asked = questionsOf(plan, target);
    this.growthOf = growthOf;
  }

  /** @param memory called now and then only */
  soFar(tMs: number, heardEnough: readonly string[], memory: () => MemorySoFar): AskedQuestion[] {
    if (this.asked.includes('memory') && tMs - this.memoryLookMs >= MEMORY_LOOK_MS) {
      this.memoryLookMs = tMs;
      const { verdict } = this.growthOf(memory());
      this.isMemoryTold = verdict === 'pass' || verdict === 'fail';
    }
    return this.asked.map((id) => ({
      id,
      hasEnough: id === 'memory' ? this.isMemoryTold : heardEnough.includes(id),
    }));
  }
}

function questionsOf(
  { profile, until, mix, incidents, durationMs }: SoakPlan,
  { origin, countsClients }: Pick<Target, 'origin' | 'countsClients'>,
): string[] {
  const isFeed = PROFILES[profile].request.isFeed;
  const returns = mix.resuming + mix.abrupt > 0 || incidents.some(({ kind }) => kind === 'reconnect-all');
  return [
    'connections',
    ...(isFeed ? ['loss', 'order', 'latency', 'heartbeats'] : []),
    ...(isFeed && returns ? ['resuming'] : []),
    ...(until === null ? [] : ['completion']),
    ...(profile === 'openai' ? ['answers'] : []),
    ...(profile === 'mcp' ? ['sessions'] : []),
    ...(mix.slow > 0 ? ['slow-clients'] : []),
    ...(mix.stalled + mix.vanished > 0 ? ['eviction'] : []),
    // In a shorter run a trend cannot be told.
    ...(origin.source !== 'none' && warmUpMs(durationMs) !== null ? ['memory'] : []),
    ...(countsClients ? ['clean-up'] : []),
  ];
}
