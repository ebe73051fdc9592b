/**
 * The results of several load processes as one. Nothing is averaged: counts add up, histograms are merged, and of
 * what cannot be added the worst is kept.
 */
import type { GeneratorReport } from '../../measure/generator.ts';
import { mergeGenerators } from '../../measure/merged-generators.ts';
import type { LostShard } from '../../record/run-record.ts';
import { Summary } from '../../record/summary.ts';
import type { LoadResult } from './load-generator.ts';
import type { ResultJson } from './shard-messages.ts';

const NOBODY: GeneratorReport = {
  processes: 0,
  cpuSeconds: 0,
  cpu: 0,
  rssBytes: 0,
  rssGrowthBytes: 0,
  eventLoopDelayMs: { p50: 0, p99: 0, max: 0 },
  stops: 0,
  longestStop: null,
  busyMs: 0,
  clockStep: null,
  limited: 0,
  saturated: false,
};

export function toJson({ summary, ...others }: LoadResult): ResultJson {
  const { generator, expectations, swallowedBytes, audiences } = others;
  return { summary: summary.toJSON(), generator, expectations, swallowedBytes, audiences };
}

/** @param told of those that live; none when all have died, which is a result too */
export function mergeResults(told: readonly ResultJson[], lost: LostShard[]): LoadResult {
  const merged: LoadResult = {
    summary: new Summary(),
    generator: NOBODY,
    expectations: told[0]?.expectations ?? { heartbeatMs: null, heartbeatWithinMs: null, evictWithinMs: 0 },
    swallowedBytes: 0,
    audiences: told.flatMap(({ audiences }) => audiences),
    lost,
  };
  for (const { summary, generator, swallowedBytes } of told) {
    merged.summary.add(Summary.fromJSON(summary));
    merged.generator = mergeGenerators(merged.generator, generator);
    merged.swallowedBytes = Math.max(merged.swallowedBytes, swallowedBytes);
  }
  return merged;
}
