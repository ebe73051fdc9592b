import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files outside `test/e2e` that start programs, whose tests wait for seconds, or that measure their own process: they run
 * among the end-to-end files, where more files run at a time than there are processors, and each in a process of its own.
 * Everything else computes, or talks to servers within its own process.
 */
const APART = [
  'test/backplane/*.test.ts',
  'test/deploy/redis.test.ts',
  'test/docs/commands.test.ts',
  'test/hub/{age-limit,backpressure,dead-clients,http2,lifecycle,overflow,staleness}.test.ts',
  'test/library/{editor,functions,guide,installed-clone,package}.test.ts',
  'test/measure/generator.test.ts',
  'test/probe/run.test.ts',
  'test/server/{connection-times,hostile,tls}.test.ts',
  'test/server/faults/{heartbeat,on-the-way,process,resources,victims}.test.ts',
  'test/soak/load/stale-watch.test.ts',
  'test/soak/target/{found-server,server-metrics,server-process}.test.ts',
  'test/workers/{channel,cleanup,queue-without-redis,redis-clock,redis-line,run-lock,shard-queue,worker-list}.test.ts',
];

/**
 * What takes longest begins first, so that nothing long is left when all else is done; and what needs much processor
 * alternates with what waits, so that at no time more is asked of the processors than they have.
 */
const LONGEST = [
  'e2e/memory-growth',
  'e2e/scenarios',
  'e2e/matrix',
  'e2e/vanished',
  'e2e/workers-lost',
  'e2e/probe',
  'e2e/sound-servers',
  'e2e/one-judge',
  'e2e/soak',
  'docs/commands',
  'e2e/sequence',
  'hub/staleness',
  'e2e/listen-http',
  'probe/run',
  'e2e/transports',
  'e2e/workers-refused',
  'e2e/server-memory',
  'e2e/real-servers',
  'e2e/servers-at-their-defaults',
  'e2e/incidents',
  'e2e/dashboard',
  'e2e/time-findings',
  'e2e/doubt',
  'soak/load/stale-watch',
  'e2e/listen-output',
  'library/guide',
  'e2e/processes',
  'library/functions',
  'e2e/one-stalled',
  'e2e/rules',
  'e2e/listen-faults',
].map((name) => `/test/${name}.test.ts`);

function rank({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex((name) => moduleId.endsWith(name));
  return index === -1 ? LONGEST.length : index;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const inUsualOrder = await super.sort([...files]);
    return inUsualOrder.toSorted((a, b) => rank(a) - rank(b));
  }
}

const setupFiles = ['test/support/property-seed.ts'];

export default defineConfig({
  test: {
    // Tests open real sockets and start real processes: a hang must end, slowness must not fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of those that only wait, some at once in each file.
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst },
    tags: [
      { name: 'long', description: 'Takes half a minute of time or ten seconds of processor: `npm run test:long`.' },
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...APART],
          setupFiles,
          // One process for each processor, which loads what the files share once for all of them: a file that is loaded
          // may leave nothing behind that another would notice, such as a hook of a module that both import.
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
          retry: 0,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', ...APART],
          setupFiles,
          maxWorkers: 5,
          sequence: { groupOrder: 2 },
          // Where others use the machine too, a server or a client of a test can be starved of it. What needed another
          // try is printed with "retry"; on a machine of one's own there is none.
          retry: process.env['CI'] === 'true' ? 2 : 0,
        },
      },
    ],
  },
});
