/**
 * A plain event stream: nothing is known beyond the stream itself.
 *
 * It asks what the plan says, adds no check, no detector and no account. So the probe and the soak need no case for a
 * run without a protocol on top.
 */
import type { CheckResult } from '../../findings/check-result.ts';
import type { ProfileChecks, ProfileSession, ProfileVerdict, StreamAsk } from '../profile-checks.ts';
import type { AskedPlan, Profile, ProfileRule } from '../profile.ts';

export const bodyRule: ProfileRule<Pick<AskedPlan, 'method' | 'body'>> = ({ body, method }) =>
  body !== null && method === 'GET'
    ? {
        keys: ['body', 'method'],
        message: 'a GET request has no body (RFC 9110, 9.3.1)',
        hint: 'Remove --method; the default with a body is POST.',
      }
    : null;

const NOTHING_MORE: ProfileVerdict = { checks: [] };

const checks: ProfileChecks = {
  isOneAnswer: false,
  asksTwice: true,
  skips: {},
  start: ({ url, method, headers, body }): ProfileSession => ({
    begin: (): Promise<StreamAsk | CheckResult> => Promise.resolve({ url, method: method ?? 'GET', headers, body }),
    asked() {},
    opened() {},
    heard() {},
    ended() {},
    leave: () => Promise.resolve(),
    judge: () => NOTHING_MORE,
  }),
};

export const sse: Profile = {
  name: 'sse',
  help: { soak: 'sse (a feed)', probe: 'a plain stream (sse)' },
  request: { asking: (given) => given, connections: 1, isFeed: true, hasFarewell: false },
  accounts: null,
  rules: { soak: [bodyRule], probe: [bodyRule] },
  detectors: [],
  checks: () => Promise.resolve(checks),
  line: () => '',
};
