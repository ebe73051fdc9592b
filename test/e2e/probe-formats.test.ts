import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnnotations } from '../support/annotations.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { runProgram } from '../support/program.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';

/** What a hostile server says where it can. */
const HOSTILE = ']]></failure>"\'|`$(reboot)\u001b[2J@everyone\\';

const SAYS_FAILED: Readonly<Record<string, RegExp>> = {
  nagios: /^SSE CRITICAL/,
  prometheus: /^probe_success\{.*\} 0$/m,
  junit: /<failure message/,
  markdown: /^## ❌ CRITICAL/,
  github: /^## ❌ CRITICAL/,
};
/** What of the hostile text has a meaning there. */
const MEANS_SOMETHING: Readonly<Record<string, RegExp>> = {
  nagios: /[$`'"]|\|.*\|/,
  prometheus: /reboot/,
  junit: /\]\]>/,
  markdown: /@everyone|<\/failure>|`/,
  github: /@everyone|<\/failure>|`/,
};

function url({ port }: ScriptedServer): string {
  return `http://127.0.0.1:${port}/events`;
}

describe('the formats of probe', () => {
  let sound: ScriptedServer;
  let hostile: ScriptedServer;

  beforeAll(async () => {
    sound = await ScriptedServer.start({ text: `${OK}id: 1\ndata: a\n\n`, after: 'open' });
    hostile = await ScriptedServer.start(
      `HTTP/1.1 503 ${HOSTILE}\r\nContent-Type: text/${HOSTILE}\r\nX-Powered-By: ${HOSTILE}\r\n\r\n${HOSTILE}`,
    );
  });

  afterAll(async () => {
    await sound.close();
    await hostile.close();
  });

  it.each([
    ['a sound stream', () => url(sound), /^SSE (?:OK|WARNING): .* \| time=/, [0, 1]],
    ['a server that refuses', () => url(hostile), /^SSE CRITICAL: status: /, [2]],
    ['a port where nobody listens', () => 'http://127.0.0.1:1/events', /^SSE CRITICAL: reachable: /, [2]],
    ['a name that does not exist', () => 'http://nosuch.invalid/events', /^SSE CRITICAL: reachable: /, [2]],
  ])(
    'the formats of probe nagios: says of %s what it is, in one line and by its exit code',
    async (_, target, line, codes) => {
      const { code, stdout } = await runProgram(['probe', '--format', 'nagios', '--until', 'event', target()]);
      expect(stdout).toMatch(line);
      expect(stdout.split('\n').length).toBe(2);
      expect(stdout.split(' | ')[0]?.length).toBeLessThan(80);
      expect(codes).toContain(code);
    },
  );

  it.each([[['--duration', '5', 'http://127.0.0.1:1/']], [['--duraton', '5s', 'http://127.0.0.1:1/']], [[]]])(
    'the formats of probe nagios: is UNKNOWN for %j, also on stdout',
    async (flags) => {
      const { code, stdout, stderr } = await runProgram(['probe', '--format=nagios', ...flags]);
      expect(stdout).toMatch(/^SSE UNKNOWN: .{10,70}\n$/);
      expect(stderr).not.toBe('');
      expect(code).toBe(3);
    },
  );

  it('the formats of probe nagios: makes nothing of a check that does not count', async () => {
    const { stdout, code } = await runProgram([
      'probe',
      '--format',
      'nagios',
      '--until',
      'headers',
      '--ignore',
      'status',
      '--ignore',
      'content-type',
      '--ignore',
      'completion',
      '--ignore',
      'first-event',
      url(hostile),
    ]);
    expect(stdout).not.toMatch(/status:|content-type:/);
    expect([0, 1]).toContain(code);
  });

  it('the formats of probe prometheus: names the target in every series', async () => {
    const { stdout } = await runProgram([
      'probe',
      '--format',
      'prometheus',
      '--until',
      'event',
      `${url(sound)}?token=S3CRET`,
    ]);
    const { samples, value } = readExposition(stdout);
    expect(value('probe_success')).toBe(1);
    expect(new Set(samples.map(({ labels }) => labels['target']))).toEqual(new Set([`${url(sound)}?token=REDACTED`]));
  });

  it.each(['nagios', 'prometheus', 'junit', 'markdown', 'github'])(
    'the formats of probe %s: stays what it is with a hostile server',
    async (format) => {
      const { code, stdout, stderr } = await runProgram([
        'probe',
        '--format',
        format,
        '--until',
        'event',
        url(hostile),
      ]);
      expect(code).toBe(2);
      // One annotation for each check that failed.
      expect(readAnnotations(stderr).some(({ level }) => level === 'error')).toBe(format === 'github');
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
      expect(stdout).toMatch(SAYS_FAILED[format] as RegExp);
      expect(stdout).not.toMatch(MEANS_SOMETHING[format] as RegExp);
    },
  );

  it('the formats of probe prometheus and junit: can be read back with a hostile server', async () => {
    const asked = ['probe', '--until', 'event', url(hostile), '--format'];
    expect(readExposition((await runProgram([...asked, 'prometheus'])).stdout).value('probe_success')).toBe(0);
    expect(failuresIn((await runProgram([...asked, 'junit'])).stdout)).toContain('status');
  });
});

/** The names of the failed cases. @throws for what is no XML */
function failuresIn(xml: string): string[] {
  const parser = new SaxesParser({ xmlns: false });
  const failures: string[] = [];
  let name = '';
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    if (tag.name === 'testcase') name = String(tag.attributes['name']);
    if (tag.name === 'failure') failures.push(name);
  });
  parser.write(xml).close();
  return failures;
}
