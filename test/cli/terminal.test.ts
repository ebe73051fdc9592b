import { expect, it } from 'vitest';
import { isUtf8, wrapsAnew } from '../../src/cli/terminal.ts';

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

it.each<[NodeJS.ProcessEnv, boolean]>([
  [{ TERM: 'xterm-256color' }, true],
  [{ TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(390)' }, false],
  [{ TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(390)', TERM_PROGRAM: 'vscode' }, true],
  [{ TERM: 'screen-256color', TMUX: '/tmp/tmux-0/default,1,0' }, true],
  [{ TERM: 'screen-256color' }, false],
  [{ TERM: 'linux' }, false],
  [{ TERM: 'rxvt-unicode-256color' }, false],
  [{ TERM: 'st-256color' }, false],
  [{ TERM: 'stterm' }, true],
  [{}, true],
])('a terminal with the variables %j wraps long lines anew when it gets narrower: %j', (environment, wraps) => {
  expect(wrapsAnew(environment)).toBe(wraps);
});
