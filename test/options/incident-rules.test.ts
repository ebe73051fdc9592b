import { expect, it } from 'vitest';
import { incident } from '../../src/options/values/incident.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { ValueError } from '../../src/options/values/value-kind.ts';

it.each([
  ['sigterm@20s', { kind: 'sigterm', atMs: 20_000, durationMs: 10_000 }],
  ['sigterm@1m+30s', { kind: 'sigterm', atMs: 60_000, durationMs: 30_000 }],
  ['freeze@20s+5s', { kind: 'freeze', atMs: 20_000, durationMs: 5000 }],
  ['reconnect-all@20s', { kind: 'reconnect-all', atMs: 20_000, durationMs: 0 }],
])('an incident is read of %s', (text, plan) => {
  expect(incident.read(text)).toEqual(plan);
});

it.each([
  ['sigterm', 'is not KIND@TIME'],
  ['sigkill@20s', '"sigkill" is not an incident; use one of reconnect-all, restart-server, freeze, sigterm'],
  ['sigterm@20s+0s', 'gives the server 0ms to stop; use 1s to 5m'],
  ['sigterm@20s+6m', 'gives the server 6m to stop'],
  ['freeze@20s', 'needs a duration for the freeze, such as freeze@20s+5s'],
  ['reconnect-all@20s+5s', 'takes no duration'],
])('an incident is refused as %s', (text, why) => {
  expect(() => incident.read(text)).toThrow(ValueError);
  expect(() => incident.read(text)).toThrow(why);
});

function complaint(flags: Record<string, string | string[]>): string {
  try {
    loadSoakPlan({ flags });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

const URL_FLAG = { url: 'http://127.0.0.1:1/events' };

it.each<[string, Record<string, string | string[]>, string]>([
  ['of our own server', { incident: 'sigterm@20s' }, ''],
  ['of a process that is named', { ...URL_FLAG, incident: 'sigterm@20s', 'server-pid': '5' }, ''],
  [
    'of a process that nobody named',
    { ...URL_FLAG, incident: 'sigterm@20s' },
    '--incident: sigterm needs the process of the server, and none is given',
  ],
  [
    'of a process that nobody looks at',
    { ...URL_FLAG, incident: 'sigterm@20s', 'server-pid': 'none' },
    '--incident: sigterm needs the process of the server, and none is given',
  ],
  [
    'before something else',
    { incident: ['reconnect-all@20s', 'sigterm@10s'] },
    '--incident: no incident can follow sigterm, which stops the server after 10s',
  ],
  [
    'when the load is over',
    { incident: 'sigterm@30s' },
    '--incident: the incident would end after the run, which lasts 30s',
  ],
  [
    'of a foreign server that is to be started again by us',
    { ...URL_FLAG, incident: 'restart-server@5s' },
    '--incident: restart-server needs the built-in server, but a url is given',
  ],
])('an incident %s is taken, or refused with a reason', (_which, flags, says) => {
  expect(complaint(flags)).toBe(says);
});
