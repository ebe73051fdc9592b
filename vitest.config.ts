import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests open real sockets and start real processes: a hang must end, slowness must not fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // End-to-end files each start a server and a load process; two at a time fill a small machine.
    maxWorkers: 2,
    // Of those that only wait most of the time, some at once in each file.
    maxConcurrency: 3,
  },
});
