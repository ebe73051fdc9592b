/** What was asked for and did not come is a success in no format: each way of nothing, as each program reads it. */
import type { RequestListener } from 'node:http';
import { describe, it } from 'vitest';
import { EXIT_CODE_OF, type ProbeResult } from '../../src/probe/result.ts';
import { PROBE_FORMATS } from '../../src/report/probe/formats.ts';
import { probeJson } from '../../src/report/probe/json.ts';
import { PLAIN } from '../../src/report/paint.ts';
import { probeText } from '../../src/report/probe/text.ts';
import { loadProbePlan } from '../../src/options/probe-options.ts';
import type { FlagValues } from '../../src/options/resolve.ts';
import { probeReach } from '../../src/library/prepared-probe.ts';
import { probe } from '../../src/probe/run.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { serveStreams } from '../support/stream-server.ts';

const HEAD = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
const SOON = { duration: '1500ms' };

/** @param says again and again */
function saying(says: Buffer | string, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (req, res) => {
    res.writeHead(200, { ...HEAD, ...headers });
    res.write(says);
    const timer = setInterval(() => res.write(says), 300);
    req.once('close', () => clearInterval(timer));
  };
}

const headOnly: RequestListener = (_req, res) => {
  res.writeHead(200, HEAD);
  res.flushHeaders();
};

type Row = [name: string, answer: RequestListener, status: ProbeResult['status'], flags?: FlagValues];

const ways: Row[] = [
  ['no head', () => {}, 'critical'],
  ['a head and no body', headOnly, 'warning'],
  [
    'a head and no body, where the check of the first event is ignored',
    headOnly,
    'warning',
    { ignore: ['first-event'] },
  ],
  ['an empty body', (_req, res) => void res.writeHead(200, HEAD).end(), 'critical'],
  ['a body of no length', (_req, res) => void res.writeHead(200, { ...HEAD, 'Content-Length': 0 }).end(), 'critical'],
  [
    'the head of a body that never comes',
    (_req, res) => res.writeHead(200, { ...HEAD, 'Content-Length': 99 }).flushHeaders(),
    'warning',
  ],
  ['zstd', saying(Buffer.from('28b52ffd0458490000', 'hex'), { 'Content-Encoding': 'zstd' }), 'critical'],
  ['text that says that it is Brotli', saying('data: 1\n\n', { 'Content-Encoding': 'br' }), 'critical'],
  ['comments, where an event is waited for', saying(': ping\n\n'), 'critical', { until: 'event' }],
  ['events without data, where an event is waited for', saying('event: a\n\n'), 'critical', { until: 'event' }],
  [
    'a greeting, where a heartbeat is waited for',
    (_req, res) => void res.writeHead(200, HEAD).write(': hello\n\n'),
    'critical',
    { until: 'heartbeat' },
  ],
  ['events without the text that is waited for', saying('data: 1\n\n'), 'critical', { until: 'text:[DONE]' }],
  [
    'an event without the text that is waited for, where the check of the end is ignored',
    saying('data: 1\n\n'),
    'warning',
    { until: 'text:[DONE]', ignore: ['completion'] },
  ],
  ['a circle of redirects', (_req, res) => void res.writeHead(302, { Location: '/' }).end(), 'critical'],
  ['a page', (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>'), 'critical'],
  ['an answer of a model that does not begin', saying(': ping\n\n'), 'warning', { profile: 'openai' }],
  [
    'an answer of a model that does not end',
    (_req, res) => void res.writeHead(200, HEAD).write('data: {"choices":[{"delta":{"content":"one"}}]}\n\n'),
    'warning',
    { profile: 'openai' },
  ],
  ['204 at once', (_req, res) => void res.writeHead(204).end(), 'warning'],
  [
    '204 at once, where an event is waited for',
    (_req, res) => void res.writeHead(204).end(),
    'critical',
    { until: 'event' },
  ],
  [
    '404, where that is ignored',
    (_req, res) => void res.writeHead(404).end(),
    'warning',
    { ignore: ['status', 'content-type'] },
  ],
];

async function look(url: string, flags: FlagValues): Promise<ProbeResult> {
  const plan = loadProbePlan({ flags: { ...SOON, ...flags } });
  const signal = new AbortController().signal;
  const reach = await probeReach(plan, {});
  return probe({ url: new URL(url), plan, rules: [], bearer: null, reach, version: '0.0.0', signal });
}

describe.concurrent('a probe of nothing', () => {
  it.for(ways)(
    'a probe of nothing is a success in no format: %s',
    async ([, answer, status, flags = {}], { expect }) => {
      const result = await look(await serveStreams(answer), flags);
      const { ignore } = loadProbePlan({ flags });
      expect(result.status, JSON.stringify(result.checks, null, 1)).toBe(status);
      const word = status.toUpperCase();
      const text = probeText(result, { paint: PLAIN, columns: null, quiet: false, ignore });
      expect(text.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${word} `));
      expect(text).not.toContain('no defect found');
      expect(JSON.parse(probeJson(result))).toMatchObject({ status, exitCode: EXIT_CODE_OF[status] });
      expect(EXIT_CODE_OF[status]).not.toBe(0);
      const nagios = PROBE_FORMATS.nagios(result, ignore);
      expect(nagios).toMatch(new RegExp(`^SSE ${word}: [a-z-]+: \\S`));
      expect(PROBE_FORMATS.markdown(result, ignore)).toMatch(new RegExp(`^## \\S+ ${word}: [^]*\\n- \\S+ \\*\\*`));
      expect(readExposition(await PROBE_FORMATS.prometheus(result, ignore)).value('probe_success')).toBe(0);
      expect(PROBE_FORMATS.junit(result, ignore)).toMatch(/<(?:failure|error) message="[^"]{10,}"/);
    },
  );
});
