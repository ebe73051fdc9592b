/**
 * Packages that people serve streams with, each as its guide shows it and no option set: both commands look at one server,
 * and say of it what its code shows, and nothing else.
 */
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { startServerProcess } from '../support/server-process.ts';
import { undisturbed } from '../support/undisturbed.ts';

const SOAK = [
  '--clients',
  '10',
  '--ramp',
  '1s',
  '--duration',
  '6s',
  '--settle',
  '1s',
  '--seed',
  '5',
  '--json',
  '--mix',
  'healthy=6,abrupt=2,resuming=2',
];

interface Truth {
  name: string;
  file: string;
  /** Checks of the probe that warn. */
  warned: string[];
  /** What comes back behind a `Last-Event-ID`. */
  resume: RegExp;
  /** Findings of the soak that are no information. */
  found: string[];
  /** By what the soak knew that nothing was lost. */
  sequence: string;
}

const truths: Truth[] = [
  {
    name: 'express-sse',
    file: 'express-sse.mjs',
    warned: [],
    // Its ids count from 0 for each connection, and it reads no Last-Event-ID.
    resume: /its own stream with its own ids/,
    found: [],
    sequence: 'ids',
  },
  {
    name: '@fastify/sse with a greeting',
    file: 'fastify-greeting.mjs',
    warned: [],
    resume: /after the id arrived, once/,
    found: [],
    sequence: 'ids',
  },
  {
    name: 'graphql-sse',
    file: 'graphql-sse.mjs',
    // It sends `Content-Encoding: none`, and no ids.
    warned: ['compression'],
    resume: /no event has an id/,
    found: ['compressed-stream', 'no-event-ids'],
    sequence: 'comparison',
  },
  {
    name: "h3's event stream",
    file: 'h3.mjs',
    warned: [],
    resume: /no event has an id/,
    found: ['no-event-ids'],
    sequence: 'comparison',
  },
  {
    name: 'Koa with a stream for a body',
    file: 'koa.mjs',
    warned: [],
    resume: /no event has an id/,
    found: ['no-event-ids'],
    sequence: 'comparison',
  },
];

interface ProbeReport {
  status: string;
  checks: { id: string; status: string; title: string }[];
}

describe.concurrent('a server at its defaults', { timeout: 120_000 }, () => {
  it.for(truths)(
    'a server at its defaults is told the truth by probe and soak: $name',
    async ({ file, warned, resume, found, sequence }, { expect }) => {
      const path = fileURLToPath(new URL(`../support/real-servers/${file}`, import.meta.url));
      const server = await startServerProcess({ command: process.execPath, args: [path] });
      try {
        const [probed, { report }] = await Promise.all([
          runProgram(['probe', '--json', '--duration', '8s', server.url]),
          undisturbed(['soak', '--url', server.url, ...SOAK]),
        ]);
        const { status, checks } = JSON.parse(probed.stdout) as ProbeReport;
        const saying = (word: string): string[] => checks.filter((check) => check.status === word).map(({ id }) => id);
        const shown = JSON.stringify(checks, null, 1);
        expect([saying('fail'), saying('warn')], shown).toEqual([[], warned]);
        expect(status).toBe(warned.length === 0 ? 'ok' : 'warning');
        expect(checks.find(({ id }) => id === 'resume')?.title).toMatch(resume);
        const told = report.findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id);
        expect(told, JSON.stringify(report.findings, null, 1)).toEqual(found);
        expect(report.verdict).toBe('pass');
        expect(report.clients).toMatchObject({ connected: 10, dropped: 0, refused: 0 });
        expect(report.events).toMatchObject({
          sequence,
          lost: 0,
          duplicated: 0,
          reordered: sequence === 'comparison' ? null : 0,
          malformed: 0,
        });
      } finally {
        await server.stop();
      }
    },
  );
});
