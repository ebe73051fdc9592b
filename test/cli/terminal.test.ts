import { expect, it } from 'vitest';
import { isUtf8 } from '../../src/cli/terminal.ts';

it.each<[NodeJS.ProcessEnv, NodeJS.Platform, boolean]>([
  [{ LANG: 'en_US.UTF-8' }, 'linux', true],
  [{ LANG: 'de_DE.utf8' }, 'darwin', true],
  [{ LANG: 'C' }, 'linux', false],
  [{}, 'linux', false],
  [{}, 'win32', true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
  [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, 'linux', true],
])('a terminal with the locale %j on %s shows UTF-8: %j', (environment, platform, shown) => {
  expect(isUtf8(environment, platform)).toBe(shown);
});
