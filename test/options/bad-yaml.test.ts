import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { yamlPiece } from './hostile-yaml.ts';
import { complaintOf, complaintOrNull, scenarioFiles } from './scenario-file.ts';

const { folder, scenarioFile } = scenarioFiles();

function complaintAbout(content: string | Uint8Array): string {
  const file = scenarioFile(content);
  return complaintOf(() => loadSoakPlan({ file, flags: {} }), file);
}

/** A text stands for itself, whole. */
function asPattern(complaint: RegExp | string): RegExp {
  return typeof complaint === 'string'
    ? new RegExp(`^${complaint.replaceAll(/[^\w\s]/g, String.raw`\$&`)}$`)
    : complaint;
}

/** Nine anchors of nine aliases each: 9^9 leaves when written out. */
const BILLION_LAUGHS = [
  'a: &a ["lol"]',
  ...'bcdefghij'.split('').map((name, index) => {
    const before = 'abcdefghi'[index] as string;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
  }),
].join('\n');

it.each<[string, string | Uint8Array, RegExp | string]>([
  ['an unknown key', 'clients: 5\nclientz: 6\n', 'FILE:2:1: unknown key "clientz"; did you mean "clients"?'],
  ['an unknown key that is like no other', 'zebra: 6\n', 'FILE:1:1: unknown key "zebra"'],
  [
    "the plan's name of a key",
    'slowRateBytesPerSecond: 1B/s\n',
    'FILE:1:1: unknown key "slowRateBytesPerSecond"; did you mean "slow-rate"?',
  ],
  ['a key with an underscore', 'slow_rate: 1B/s\n', 'FILE:1:1: unknown key "slow_rate"; did you mean "slow-rate"?'],
  ['a number without a unit', 'ramp: 5\n', /^FILE:1:7: ramp: "5" has no unit; add ms, s, m or h/],
  ['a wrong unit', '\n\nduration:   10/s\n', /^FILE:3:13: duration: "10\/s" is not a duration/],
  ['a unit and then more', 'ramp: 10s5\n', /^FILE:1:7: ramp: "10s5" is not a duration/],
  ['a negative duration', 'ramp: -5s\n', /^FILE:1:7: ramp: "-5s" is negative/],
  ['an absurd duration', 'duration: 9999999h\n', /^FILE:1:11: duration: "9999999h" is too large; the most is 31d/],
  ['a billion clients', 'clients: 1e9\n', /^FILE:1:10: clients: "1e9" is not a whole number in plain digits/],
  ['1e999 clients', 'clients: 1e999\n', /is not a whole number/],
  ['minus one client', 'clients: -1\n', /^FILE:1:10: clients: "-1" is negative/],
  ['no clients', 'clients: 0\n', /^FILE:1:10: clients: "0" is too small/],
  ['half a client', 'clients: 1.5\n', /"1\.5" is not a whole number/],
  ['clients in quotes', 'clients: "10"\n', 'FILE:1:10: clients: is written without quotes'],
  ['NaN clients', 'clients: NaN\n', /"NaN" is not a whole number/],
  ['.nan clients', 'clients: .nan\n', /"\.nan" is not a whole number/],
  ['an octal number', 'clients: 0o17\n', /"0o17" is not a whole number/],
  ['an old octal number', 'clients: 012\n', /"012" has a leading zero/],
  ['a hexadecimal number', 'clients: 0x10\n', /"0x10" is not a whole number/],
  ['a ramp longer than the duration', 'ramp: 40s\n', /^FILE:1:7: ramp: a ramp of 40s is longer/],
  ['yes', 'quiet: yes\n', 'FILE:1:8: quiet: "yes" is neither true nor false'],
  ['no', 'quiet: no\n', 'FILE:1:8: quiet: "no" is neither true nor false'],
  ['on', 'json: on\n', /"on" is neither true nor false/],
  ['True', 'json: True\n', /"True" is neither true nor false/],
  ['true in quotes', 'json: "true"\n', 'FILE:1:7: json: is written without quotes'],
  ['no value', 'ramp:\nclients: 5\n', 'FILE:1:1: there is no value; leave the line out for the default'],
  ['null', 'url: null\n', 'FILE:1:6: there is no value; leave the line out for the default'],
  ['a list where one value belongs', 'ramp: [5s]\n', 'FILE:1:7: ramp: takes one value, not a list or a map'],
  ['a map where one value belongs', 'ramp: { a: 5s }\n', 'FILE:1:7: ramp: takes one value, not a list or a map'],
  ['a map where a list belongs', 'header: { X: a }\n', /^FILE:1:9: header: takes a list/],
  ['a list where a map belongs', 'mix: [healthy]\n', /^FILE:1:6: mix: takes a map/],
  [
    'a header without quotes',
    'header:\n  - X-One: 1\n',
    /^FILE:2:5: header: each item must be one text; put it in quotes/,
  ],
  ['a list in a list', 'ignore: [[idle-cut]]\n', /^FILE:1:10: ignore: each item must be one text;/],
  [
    'a wrong item of a list',
    'ignore:\n  - idle-cut\n  - idle-cup\n',
    'FILE:3:5: ignore: "idle-cup" is not known; did you mean "idle-cut"?',
  ],
  ['an unknown kind of client', 'mix:\n  healthy: 1\n  stuck: 2\n', /^FILE:3:10: mix: "stuck" is not a kind of client/],
  ['a weight that is none', 'mix:\n  healthy: many\n', /^FILE:2:12: mix: healthy: "many" is not a weight/],
  ['a kind of client given twice', 'mix:\n  slow: 1\n  slow: 2\n', 'FILE:3:3: mix: "slow" is given twice'],
  ['a key given twice', 'ramp: 1s\nclients: 5\nramp: 2s\n', 'FILE:3:1: the key "ramp" is given twice'],
  ['a list instead of a map', '- clients\n', 'FILE:1:1: a scenario is a map of "key: value" lines'],
  ['a text instead of a map', 'just text\n', 'FILE:1:1: a scenario is a map of "key: value" lines'],
  ['a key that is a list', '? [a]\n: 1\n', /^FILE:1:3: a key is a plain word/],
  ['an alias', 'ramp: 1s\nduration: *later\n', 'FILE:2:11: aliases ("*name") are not supported; write the value out'],
  ['an anchor', 'ramp: &it 1s\n', 'FILE:1:7: anchors ("&name") are not supported; write the value out'],
  ['a billion laughs', BILLION_LAUGHS, /^FILE:1:4: anchors/],
  ['a merge key', '<<: { clients: 5 }\n', 'FILE:1:1: merge keys ("<<") are not supported'],
  ['a JavaScript tag', 'body: !!js/function "function () {}"\n', 'FILE:1:7: tags ("!name") are not supported'],
  ['a Python tag', 'body: !!python/object:os.system\n', /^FILE:1:7: tags/],
  ['a harmless tag', 'clients: !!int 5\n', /^FILE:1:10: tags/],
  [
    'several documents',
    'clients: 5\n---\nclients: 6\n',
    'FILE:2:1: a second document begins here; a scenario is one document',
  ],
  ['a tab as indentation', 'mix:\n\thealthy: 1\n', /^FILE:2:1: a tab begins this line; YAML is indented with spaces$/],
  ['a quote that never ends', 'url: "http://x\n', /^FILE:\d+:\d+: is not YAML: Missing closing "quote/],
  ['a bracket that never ends', 'ignore: [idle-cut\n', /^FILE:\d+:\d+: is not YAML: /],
  ['a line without a colon', 'clients: 5\nramp 5s\n', /^FILE:2:\d+: is not YAML: /],
  ['a hundred thousand brackets', '['.repeat(100_000), 'FILE:1:9: is nested too deeply'],
  ['a hundred thousand braces', '{a: '.repeat(60_000), /^FILE:1:33: is nested too deeply/],
  ['a hundred thousand dashes in a line', '- '.repeat(100_000), 'FILE:1:17: is nested too deeply'],
  ['a hundred thousand question marks', '? '.repeat(100_000), 'FILE:1:17: is nested too deeply'],
  ['a hundred thousand pairs of brackets', '[]'.repeat(100_000), 'FILE:1:50001: has too many parts for a scenario'],
  ['a hundred thousand closing brackets', ']'.repeat(100_000), /^FILE:1:\d+: has too many parts/],
  [
    'nesting by indentation',
    Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    'FILE:3:3: a: "a" takes one value',
  ],
  ['a NUL', 'clients: 5\nbody: a\0b\n', 'FILE:2:8: contains a NUL byte; this is not a text file'],
  [
    'bytes that are not UTF-8',
    Buffer.from([...Buffer.from('clients: 5\nbody: ä'), 0xff, 0x0a]),
    'FILE:2:8: is not UTF-8 text',
  ],
  ['UTF-16', Buffer.from('\ufeffclients: 5\n', 'utf16le'), /^FILE:1:1: is not UTF-8 text/],
  ['more than 256 KiB', `# ${'x'.repeat(262_144)}\n`, 'FILE: has 262147 bytes; the limit for a scenario is 262144'],
  ['a prototype key', '__proto__: { clients: 5 }\n', 'FILE:1:1: unknown key "__proto__"'],
  ['a constructor key', 'constructor: 5\n', /^FILE:1:1: unknown key "constructor"/],
  ['a prototype key in the mix', 'mix: { __proto__: 5 }\n', /^FILE:1:19: mix: "__proto__" is not a kind of client/],
  [
    'an escape sequence that YAML does not know',
    'body: "\\\u001b[2J"\n',
    /^FILE:1:\d+: is not YAML: Invalid escape sequence [^\u001b]+$/,
  ],
  ['an escape sequence for the terminal', '"\\e[2J": 5\n', String.raw`FILE:1:1: unknown key "\u001b[2J"`],
])('a scenario file with a mistake refuses %s in one line that says where', (_, content, complaint) => {
  const said = complaintAbout(content);
  expect(said).toMatch(asPattern(complaint));
  expect(said).not.toMatch(/[\n\r]/);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['clients']).toBeUndefined();
});

it('a scenario file with a mistake reads what only looks dangerous: brackets, stars and marks inside texts', () => {
  const file = scenarioFile(
    'method: POST\nheader:\n  - "X: [[[[[[[[[[[["\nbody: |\n  - - - - - - - - - - - -\n  *a &b !c [[[[[[[[[[\n  ---\n',
  );
  expect(loadSoakPlan({ file, flags: {} })).toMatchObject({
    headers: [['X', '[[[[[[[[[[[[']],
    body: '- - - - - - - - - - - -\n*a &b !c [[[[[[[[[[\n---\n',
  });
});

it('a scenario file with a mistake checks a value in the file also where a flag overrides it', () => {
  const file = scenarioFile('ramp: 5\n');
  expect(complaintOf(() => loadSoakPlan({ file, flags: { ramp: '1s' } }), file)).toMatch(
    /^FILE:1:7: ramp: "5" has no unit/,
  );
});

it('a scenario file with a mistake gives a plan or a one-line complaint with a place for any text at all', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(yamlPiece, { maxLength: 30 }).map((parts) => parts.join('')),
        fc.string(),
      ),
      (text) => {
        const file = scenarioFile(text);
        const said = complaintOrNull(() => loadSoakPlan({ file, flags: {} }), file);
        // oxlint-disable-next-line no-control-regex
        expect(said ?? 'FILE:1:1: a plan').toMatch(/^FILE:\d+:\d+: [^\u0000-\u001f\u007f-\u009f]+$/);
      },
    ),
    { numRuns: 1000 },
  );
});

it('a scenario file that is none is refused when it is missing, below a file, or without a name', () => {
  const missing = join(folder, 'missing.yaml');
  expect(complaintOf(() => loadSoakPlan({ file: missing, flags: {} }), missing)).toBe('FILE: no such file');
  const below = join(scenarioFile('clients: 5'), 'more.yaml');
  expect(complaintOf(() => loadSoakPlan({ file: below, flags: {} }), below)).toBe('FILE: no such file');
  expect(complaintOf(() => loadSoakPlan({ file: '', flags: {} }))).toBe('the scenario file has no name');
});

it('a scenario file that is none is refused when it is a folder, a link to itself, a device or a pipe that nobody writes to', () => {
  const directory = join(folder, 'folder.yaml');
  mkdirSync(directory);
  expect(complaintOf(() => loadSoakPlan({ file: directory, flags: {} }), directory)).toBe('FILE: is a directory');
  const loop = join(folder, 'loop.yaml');
  symlinkSync(loop, loop);
  expect(complaintOf(() => loadSoakPlan({ file: loop, flags: {} }), loop)).toBe('FILE: is a symbolic link to itself');
  expect(complaintOf(() => loadSoakPlan({ file: '/dev/zero', flags: {} }), '/dev/zero')).toBe(
    'FILE: is not a regular file',
  );
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  expect(complaintOf(() => loadSoakPlan({ file: pipe, flags: {} }), pipe)).toBe('FILE: is not a regular file');
});

it.skipIf(process.getuid?.() === 0)('a scenario file that is none is refused when it may not be read', () => {
  const secret = scenarioFile('clients: 5');
  chmodSync(secret, 0);
  expect(complaintOf(() => loadSoakPlan({ file: secret, flags: {} }), secret)).toMatch(/^FILE: may not be read/);
});
