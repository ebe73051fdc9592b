import { expect, it } from 'vitest';
import { NO_ORIGIN } from '../../src/memory/server-memory.ts';
import type { Growth } from '../../src/memory/trend.ts';
import type { SoakPlan } from '../../src/options/soak-options.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { RunQuestions } from '../../src/soak/run-questions.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { questionsOf } from '../../src/verdict/questions.ts';
import { soundRecord } from '../support/run-record.ts';

const KNOWN = { origin: { ...NO_ORIGIN, source: 'pid' }, countsClients: true } as const;
const UNKNOWN = { origin: NO_ORIGIN, countsClients: false } as const;

function plan(flags: Record<string, string>): SoakPlan {
  return loadSoakPlan({ flags, checkThreshold: parseThreshold });
}

function growth(verdict: 'pass' | 'inconclusive'): Growth {
  const line = { fromMs: 0, toMs: 60_000, throughMs: 30_000, throughBytes: 0 };
  return { verdict, bytesPerMinute: 0, low: 0, high: 0, limitBytesPerMinute: 0, line };
}

const never = (): never => {
  throw new Error('the memory was looked at');
};

it.each([
  ['healthy clients alone', { mix: 'healthy=1' }, UNKNOWN, ['connections', 'loss', 'order', 'latency', 'heartbeats']],
  [
    'clients of all kinds, and a server that is known',
    { duration: '2m' },
    KNOWN,
    [
      'connections',
      'loss',
      'order',
      'latency',
      'heartbeats',
      'resuming',
      'slow-clients',
      'eviction',
      'memory',
      'clean-up',
    ],
  ],
  [
    'a time that is too short for a trend',
    { duration: '20s', mix: 'healthy=1' },
    KNOWN,
    ['connections', 'loss', 'order', 'latency', 'heartbeats', 'clean-up'],
  ],
])('a run with %s asks the questions that it can judge', (_what, flags, target, ids) => {
  const asked = new RunQuestions(plan(flags), target, never).soFar(1000, ['loss'], never);
  expect(asked.map(({ id }) => id)).toEqual(ids);
  expect(asked.filter(({ hasEnough }) => hasEnough).map(({ id }) => id)).toEqual(['loss']);
});

it('every question that a run asks is one of those that the verdict answers', () => {
  const answered = new Set(questionsOf(judgedRun(soundRecord())).map(({ id }) => id));
  const asked = new RunQuestions(plan({ duration: '2m' }), KNOWN, never).soFar(0, [], never);
  expect(asked.map(({ id }) => id).filter((id) => !answered.has(id))).toEqual([]);
});

it('the memory is looked at every 15 seconds, and can be judged when its trend is clear', () => {
  const looks: string[] = [];
  let verdict: 'pass' | 'inconclusive' = 'inconclusive';
  const questions = new RunQuestions(plan({ duration: '2m' }), KNOWN, () => {
    looks.push(verdict);
    return growth(verdict);
  });
  const memoryAt = (tMs: number): boolean | undefined =>
    questions.soFar(tMs, [], () => soundRecord()).find(({ id }) => id === 'memory')?.hasEnough;
  for (let tMs = 1000; tMs <= 40_000; tMs += 1000) expect(memoryAt(tMs)).toBe(false);
  verdict = 'pass';
  for (let tMs = 41_000; tMs <= 60_000; tMs += 1000) memoryAt(tMs);
  expect(memoryAt(61_000)).toBe(true);
  expect(looks).toEqual(['inconclusive', 'inconclusive', 'pass', 'pass'].slice(0, looks.length));
});
