import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests open real sockets and start real processes: a hang must end, slowness must not fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // End-to-end files each start a server and a load process; most of the time they wait.
    maxWorkers: 3,
    // Where others use the machine too, a server or a client of a test can be starved of it. What needed its second
    // try is printed with "retry"; on a machine of one's own there is none.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Of those that only wait most of the time, some at once in each file.
    maxConcurrency: 3,
  },
});
