import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { loadSoakPlan } from '../../../src/options/soak-plan.ts';
import { redactedPlan } from '../../../src/options/redacted-plan.ts';
import { repeatCommand } from '../../../src/report/soak/repeat-command.ts';

type Flags = Record<string, string | string[] | boolean>;

function commandOf(flags: Flags, seed = 7): string {
  return repeatCommand({ plan: redactedPlan(loadSoakPlan({ flags })), seed });
}

it('the command that repeats a run has the seed, and no option that is at its default', () => {
  expect(commandOf({})).toBe('sse-probe soak --seed=7');
  expect(commandOf({ clients: '1000', duration: '30000ms', json: 'true', report: ['json=a.json'] })).toBe(
    'sse-probe soak --seed=7',
  );
});

it('the command that repeats a run has what was asked, quoted for a shell', () => {
  const flags = {
    url: ['http://127.0.0.1:3000/events?a=1&b=2'],
    clients: '20',
    mix: 'healthy=9,stalled=1',
    threshold: ['latency.p99<250ms', 'events.lost==0'],
    'allow-degraded': 'true',
    header: ['X-Name: a secret'],
    until: "text:it's over",
  };
  expect(commandOf(flags)).toBe(
    "sse-probe soak '--url=http://127.0.0.1:3000/events?a=1&b=2' '--header=X-Name: REDACTED' --clients=20 --mix=healthy=9,stalled=1 --allow-degraded --seed=7 '--until=text:it'\\''s over' '--threshold=latency.p99<250ms' --threshold=events.lost==0",
  );
});

it('the command that repeats a run is read by a shell as the plan that it was made from', () => {
  const flags = {
    url: ['http://h.example/?q=$(reboot)`x`"'],
    until: "text:' ; reboot #",
    threshold: ['latency.max<1s'],
  };
  const words = execFileSync('sh', [
    '-c',
    `sse_probe() { printf '%s\\0' "$@"; }; ${commandOf(flags).replace('sse-probe', 'sse_probe')}`,
  ]);
  expect(words.toString().split('\0')).toEqual([
    'soak',
    '--url=http://h.example/?q=$(reboot)`x`%22',
    '--seed=7',
    "--until=text:' ; reboot #",
    '--threshold=latency.max<1s',
    '',
  ]);
});
