import { expect, it } from 'vitest';
import { adviceOnCause, adviceOnStatus, adviceUnderLoad } from '../../src/findings/refusal-advice.ts';

it.each([401, 403, 404, 405, 406, 429, 500, 502, 503, 301])(
  'a soak advises on status %d what a probe advises',
  (status) => {
    expect(adviceUnderLoad(`http-status: status ${status}`)).toBe(adviceOnStatus(status));
  },
);

it.each(['refused', 'connect-timeout', 'reset', 'headers-timeout'])(
  'a soak whose clients meet %s looks at what the server has room for',
  (cause) => {
    expect(adviceUnderLoad(cause)).toContain('listen backlog');
  },
);

it('a soak advises on a name that cannot be resolved what a probe advises', () => {
  expect(adviceUnderLoad('dns')).toBe(adviceOnCause('dns'));
});

it.each([401, 404, 503])('the advice on status %d does not speak of the listen backlog', (status) => {
  expect(adviceOnStatus(status)).not.toContain('backlog');
});
