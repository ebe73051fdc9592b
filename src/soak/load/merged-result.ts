/**
 * The results of several load processes as one. Nothing is averaged: counts add up, histograms are merged, and of
 * what cannot be added the worst is kept.
 */
import type { GeneratorReport } from '../../measure/generator.ts';
import { mergeGenerators } from '../../measure/merged-generators.ts';
import type { LostShard } from '../../record/lost-shard.ts';
import { Summary } from '../../record/summary.ts';
import type { LoadResult } from './load-generator.ts';
import type { ResultJson } from './shard-messages.ts';

const RECEIVED = {
  counts: ['events', 'comments', 'bytes'],
  times: ['connect', 'headers', 'firstEvent', 'latency'],
} as const;

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

/**
 * @param told by those that live; nothing when all have died, which is a result too
 * @param lost and what each of them had last told
 */
export function mergeResults(
  told: readonly ResultJson[],
  lost: readonly { shard: LostShard; soFar: ResultJson | null }[],
): LoadResult {
  const merged: LoadResult = {
    summary: new Summary(),
    generator: NOBODY,
    expectations: told[0]?.expectations ?? { heartbeatMs: null, heartbeatWithinMs: null, evictWithinMs: 0 },
    swallowedBytes: 0,
    audiences: told.flatMap(({ audiences }) => audiences),
    lost: lost.map(({ shard }) => shard),
  };
  for (const { summary, generator, swallowedBytes } of told) {
    merged.summary.add(Summary.fromJSON(summary));
    merged.generator = mergeGenerators(merged.generator, generator);
    merged.swallowedBytes = Math.max(merged.swallowedBytes, swallowedBytes);
  }
  for (const { soFar } of lost) if (soFar !== null) merged.summary.add(received(Summary.fromJSON(soFar.summary)));
  return merged;
}

/**
 * What stays of a process that was lost: what its clients had received, and how long that had taken. Whether something
 * was missing is known at the end only, since an event that is on its way looks like one that was lost.
 */
function received(all: Summary): Summary {
  const kept = new Summary();
  for (const name of RECEIVED.counts) kept.counts[name] = all.counts[name];
  for (const name of RECEIVED.times) kept.times[name].add(all.times[name]);
  for (const [kind, { planned, connected }] of all.byKind) Object.assign(kept.kind(kind), { planned, connected });
  return kept;
}
