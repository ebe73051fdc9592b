import { expect, it } from 'vitest';
import { compressorAdvice } from '../../src/findings/compressors.ts';
import {
  clientsAtOnceAdvice,
  contentTypeAdvice,
  headAdvice,
  noHeadAdvice,
} from '../../src/findings/language-advice.ts';
import { languageOf, programMarks, serverMarks } from '../../src/findings/server-marks.ts';

function marks(fields: Readonly<Record<string, string>>, body = ''): string {
  return serverMarks(new Map(Object.entries(fields)), body);
}

it.each<[Record<string, string>, string, string | null]>([
  [{ 'x-powered-by': 'Express' }, '', 'Node'],
  [{ 'keep-alive': 'timeout=5' }, '', 'Node'],
  [{}, '<pre>Cannot GET /x</pre>', 'Node'],
  [{ server: 'gunicorn' }, '', 'Python'],
  [{ server: 'uvicorn', via: '1.1 Caddy' }, '', 'Python'],
  [{ server: 'Werkzeug/3.0.1 Python/3.12' }, '', 'Python'],
  [{}, '{"detail":"Not Found"}', 'Python'],
  [{ server: 'WEBrick/1.8.1 (Ruby/3.2)' }, '', 'Ruby'],
  [{ 'x-runtime': '0.004' }, '', 'Ruby'],
  [{ 'x-powered-by': 'PHP/8.3.1', server: 'Apache' }, '', 'PHP'],
  [{ server: 'Jetty(12.0)' }, '', 'Java'],
  [{}, '{"timestamp":"2026","status":404,"error":"Not Found"}', 'Java'],
  [{}, '404 page not found\n', 'Go'],
  [{ server: 'Kestrel' }, '', '.NET'],
  [{ server: 'Cowboy' }, '', 'Elixir'],
  [{ server: 'nginx' }, '', null],
  [{ server: 'Apache', 'keep-alive': 'timeout=5' }, '', null],
  [{}, '', null],
])('the language of a server that shows %o and %j is %s', (fields, body, language) => {
  expect(languageOf(marks(fields, body))).toBe(language);
});

it('the language of a server is known by the program that listens, where no answer names it', () => {
  expect(['node', 'python3.12', 'php', 'java', 'nginx'].map((name) => languageOf(programMarks(name)))).toEqual([
    'Node',
    'Python',
    'PHP',
    'Java',
    null,
  ]);
  expect(languageOf(`${marks({ server: 'gunicorn' })}\n${programMarks('node')}`)).toBe('Python');
});

it('what a server shows of itself is bounded and printable', () => {
  const shown = marks({ server: `\u001b${'x'.repeat(999)}`, via: 'y'.repeat(999) }, 'z'.repeat(999));
  expect(shown.length).toBeLessThanOrEqual(400);
  expect(shown).not.toContain('\u001b');
});

it('advice on a late head speaks the language of the server, and of all where it is not known', () => {
  expect(headAdvice(marks({ server: 'gunicorn' }))).toContain('yield');
  expect(headAdvice(marks({ server: 'gunicorn' }))).not.toContain('flushHeaders');
  for (const language of ['Node', 'Go', 'Java', 'Python', 'Ruby', 'PHP'])
    expect(
      [headAdvice(), noHeadAdvice()].every(
        (advice) => advice.includes(`${language} \``) || advice.includes(`${language} a first`),
      ),
    ).toBe(true);
  for (const advice of [headAdvice(), noHeadAdvice(), noHeadAdvice(marks({ server: 'Jetty' }))])
    expect(advice).toMatch(/proxy_buffering off.*X-Accel-Buffering: no/);
});

it('advice on the type of an answer speaks the language of the server', () => {
  expect(contentTypeAdvice(marks({ server: 'uvicorn' }))).toContain('media_type');
  expect(contentTypeAdvice()).toMatch(/Node.*Go.*Java.*Python.*Ruby.*PHP/);
});

it('advice on clients that wait speaks the language of the server', () => {
  expect(clientsAtOnceAdvice(marks({ server: 'gunicorn' }))).toContain('gunicorn -k gevent');
  expect(clientsAtOnceAdvice()).toMatch(/gunicorn.*PHP.*Ruby/);
});

it.each<[Record<string, string>, string]>([
  [{ server: 'nginx/1.24' }, 'gzip_types'],
  [{ server: 'Apache/2.4' }, 'no-gzip'],
  [{ server: 'Caddy' }, '`encode`'],
  [{ server: 'envoy' }, "compressor filter's"],
  [{ via: 'HAProxy' }, 'compression type'],
  [{ 'x-varnish': '3' }, 'do_gzip'],
  [{ server: 'cloudflare', 'cf-ray': '7' }, 'Compression Rule'],
  [{ 'x-powered-by': 'Express' }, 'res.flush()'],
])('the compressor of %o is named by its own setting', (fields, setting) => {
  const advice = compressorAdvice(marks(fields));
  expect(advice).toContain(setting);
  expect(advice).toContain('no-transform');
});

it('the compressors of all usual servers are named where none shows itself', () => {
  expect(compressorAdvice()).toMatch(/Express.*nginx.*Apache.*Caddy.*HAProxy/);
});
