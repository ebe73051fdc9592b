import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { soakSources } from '../../src/cli/soak-argument.ts';
import { UsageError } from '../../src/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse.probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['http://h.test/x', 'localhost:3000/events', '[::1]:3000', 'example.org/events', 'example.org/feed.json'])(
  'the argument %s of a soak is a URL, beside the other flags',
  (argument) => {
    expect(soakSources(argument, { clients: '5' })).toEqual({ flags: { clients: '5', url: [argument] } });
  },
);

it('the argument of a soak is a file where there is one, whatever its name looks like', () => {
  const file = join(folder, 'example.org');
  writeFileSync(file, '');
  for (const path of [file, folder, '', '.']) expect(soakSources(path, {})).toEqual({ file: path, flags: {} });
});

it.each(['quick', 'scenarios/quick', './missing.yaml', 'example.org/missing.yml', join(folder, 'missing')])(
  'the argument %s of a soak is neither a file nor a URL, and both is said',
  (argument) => {
    expect(() => soakSources(argument, {})).toThrow(UsageError);
    expect(() => soakSources(argument, {})).toThrow(/": no such file, and not a URL$/);
  },
);
