import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { EVENT_ACCOUNT_FIGURES } from '../../src/accounts/event-account-figures.ts';
import type { Measured, ReadCounts } from '../../src/measure/figures.ts';
import type { HEARTBEAT_FIGURES } from '../../src/measure/heartbeat.ts';
import { Summary } from '../../src/record/summary.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const WHOLE = /import (?:type )?\{[^}]*\bSummary\b[^}]*\} from '[^']*record\/summary\.ts'/;
const WRITE =
  /\bsummary\.(?:(?:counts|times)(?:\.\w+|\[[^\]]+\])(?: [-+]?= |\.record\(|\.add\(|\.reset\()|\w+\.(?:set|clear|delete)\()/;

it('the owner of a figure may not touch what another one counts: the type of its declaration has no other names', () => {
  const summary = new Summary();
  const heartbeats: Measured<typeof HEARTBEAT_FIGURES> = summary;
  heartbeats.counts.heartbeats += 1;
  // @ts-expect-error heartbeats do not know what was lost
  expect(heartbeats.counts.lost).toBe(0);
  const accounts: Measured<typeof EVENT_ACCOUNT_FIGURES> & ReadCounts<'events'> = summary;
  // @ts-expect-error a counter of another owner can be read and not written
  accounts.counts.events += 0;
  expect(summary.counts.heartbeats).toBe(1);
});

it.each(files.filter((file) => WHOLE.test(readFileSync(join(src, file), 'utf8'))))(
  'the owner of a figure is never %s, which holds the whole summary and hands it on',
  (file) => {
    expect(readFileSync(join(src, file), 'utf8')).not.toMatch(WRITE);
  },
);

it('the owner of a figure would be noticed where a file wrote to the whole summary', () => {
  for (const write of ['summary.counts.lost += 1', 'this.summary.times.latency.record(5)', 'summary.ends.set(a, 1)'])
    expect(write).toMatch(WRITE);
});
