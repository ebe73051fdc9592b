import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { countUp } from '../../../src/measure/figures.ts';
import { type Paint, PLAIN } from '../../../src/report/paint.ts';
import { columnsIn } from '../../../src/report/columns.ts';
import { type SoakView, textReport } from '../../../src/report/soak/text.ts';
import { emptyRecord, FOUND, load, sample, soakResult, soundRecord } from '../../support/run-record.ts';
import { emptyServerRecord, NO_ORIGIN, type ServerRecord } from '../../../src/memory/server-memory.ts';

const MB = 1_000_000;
const same = (text: string): string => text;
const TAGS: Paint = {
  good: (text) => `<good>${text}</good>`,
  bad: (text) => `<bad>${text}</bad>`,
  doubt: (text) => `<doubt>${text}</doubt>`,
  dim: same,
  bold: same,
};

const lastOf = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);

/** As wide as its longest line, unless a test says otherwise. */
const WIDE: SoakView = { paint: PLAIN, columns: 10_000, isUtf8: true };

function textOf(
  record: RunRecord,
  flags: Record<string, string | string[]> = {},
  view: Partial<SoakView> = {},
): string {
  return textReport(soakResult(record, flags), { ...WIDE, ...view });
}

/** The first line that says anything. */
function headline(text: string): string | undefined {
  return text.split('\n').find((line) => line !== '');
}

it('the summary says the verdict first, then what held', () => {
  expect(headline(textOf(soundRecord()))).toBe(
    'PASS  no defect found: 10 clients, nothing lost or duplicated, 1 stalled client evicted in time',
  );
});

it('the summary says the verdict first, then how many reasons there are, then each with what to do', () => {
  const record = soundRecord(({ summary, server }) => {
    summary.counts.lost = 21;
    server.settled = sample(45_000, 61 * MB, { clients: 2 });
  });
  const text = textOf(record, { threshold: ['events.lost==0', 'latency.p99<250ms', 'reconnect.max<1s'] });
  expect(headline(text)).toBe('FAIL  2 findings, 2 thresholds broken');
  expect(text).toContain(
    '  fail event-lost  21 events never arrived on streams that were open.\n    → Look for a queue',
  );
  expect(text).toContain(' fail client-leak  The server still counts 2 clients');
  expect(text).toContain('  ✗ events.lost==0  21\n  ✓ latency.p99<250ms  9.9ms\n  ✗ reconnect.max<1s  no data\n');
  expect(text.indexOf('events.lost==0')).toBeLessThan(text.indexOf('clients  '));
});

it('the summary says that a run is inconclusive, and why', () => {
  const record = soundRecord(({ generator }) => {
    Object.assign(generator, { saturated: true, eventLoopDelayMs: { p50: 50, p99: 1200, max: 1900 } });
  });
  const text = textOf(record);
  expect(headline(text)).toBe('INCONCLUSIVE  the run cannot tell whether the server works correctly');
  expect(text).toContain('inconclusive generator-saturated');
});

it('the summary says that it was interrupted', () => {
  expect(
    headline(
      textOf(
        soundRecord((record) => {
          record.interrupted = true;
        }),
      ),
    ),
  ).toMatch(/^INTERRUPTED after 36s {2}no verdict; no finding until then$/);
});

it('the summary has each figure with its unit', () => {
  const record = soundRecord(({ summary }) => {
    summary.kind('healthy').dropped = 2;
    countUp(summary.dropsByCause, 'eof-clean', 2);
    summary.kind('healthy').refused = 1;
    countUp(summary.refusalsByCause, 'refused');
  });
  const text = textOf(record);
  for (const line of [
    'clients     10 of 10 connected (8 healthy, 1 slow, 1 stalled), 0 reconnects',
    'drops       2 dropped (2 eof-clean), 1 rejected (1 refused)',
    'events      309 received (9/s), 0 lost, 0 duplicated, 0 reordered, by their numbers',
    '                  p50      p90      p95      p99      max',
    'latency           5ms      9ms    9.5ms    9.9ms     10ms',
    'connect           5ms      9ms    9.5ms    9.9ms     10ms',
    'heartbeats  120 received, interval p50 2s · p99 2s · max 2s',
    'evictions   1 evicted after p50 9s, max 9s, 0 kept longer than 13.5s',
    'server      RSS 57.2MiB before, 59.1MiB peak, 58.2MiB after; 0 clients still counted',
    'generator   3s CPU, 85.8MiB RSS, event loop delay p99 4ms',
    'seed 42 · 36s',
  ])
    expect(text).toContain(`  ${line}\n`);
});

it('the last line of the summary has the verdict again, with what decides it', () => {
  expect(lastOf(textOf(soundRecord()))).toBe('PASS  http://127.0.0.1:8787/events');
  const failing = soundRecord(({ summary }) => {
    summary.counts.lost = 3;
  });
  expect(lastOf(textOf(failing, { threshold: ['latency.p99<1ms', 'events.rate>1/s'] }))).toBe(
    'FAIL  http://127.0.0.1:8787/events  event-lost, latency.p99<1ms',
  );
});

it('the summary says how many streams came to the end that the plan names, and how long they took', () => {
  const record = soundRecord((sound) => {
    sound.until = { kind: 'text', text: '[DONE]' };
    Object.assign(sound.summary.counts, { completed: 2, unfinished: 1 });
    sound.summary.times.completion.record(1000);
  });
  expect(textOf(record)).toContain('completion  2 reached text:[DONE]; 1 still open at the end\n');
  expect(textOf(record)).toMatch(/^ {2}completion +1s +1s +1s +1s +1s$/m);
  expect(textOf(soundRecord())).not.toContain('completion');
});

it('the summary says the growth of the memory where it is known', () => {
  const grown = soundRecord((record) => load(record, 120_000, (tMs) => 100 * MB + tMs * 5 * (MB / 60_000)));
  expect(textOf(grown)).toContain('; growth 4.8MiB/m\n');
  expect(textOf(soundRecord())).not.toContain('growth');
});

it('the summary praises nothing that only passes because it is ignored', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { resumeLost: 1, evictionsMissed: 4 });
  });
  const text = textOf(record, { ignore: ['resume-lost', 'stale-client-kept'] });
  expect(headline(text)).toBe('PASS  no defect found: 10 clients');
});

it('the summary has words for what was not measured, and no zeros', () => {
  const text = textOf(emptyRecord());
  expect(text).toContain('latency     not measured: no event has a time\n');
  expect(text).toContain('clients     0 of 10 connected');
  expect(text).not.toMatch(/p90|[▁-█]/);
  expect(text).toContain('heartbeats  none\n');
  expect(text).toContain('server      RSS unknown before, unknown peak, unknown after; clients after: unknown\n');
  expect(text).not.toMatch(/NaN|null|undefined|\b0ms/);
});

it('the summary does not speak of the memory of a target that tells none', () => {
  const remote = soundRecord(({ server }) => {
    Object.assign(server, emptyServerRecord(NO_ORIGIN));
  });
  expect(textOf(remote)).not.toContain('RSS 5');
});

it.each<[string, Partial<ServerRecord>, string]>([
  [
    'was found by its port',
    { process: FOUND },
    'memory of pid 1234 (node), which listens on 127.0.0.1:8080: PSS 57.2MiB before, 59.1MiB peak, 58.2MiB after\n',
  ],
  [
    'has several processes',
    { process: { ...FOUND, processes: 5 } },
    'memory of pid 1234 (node), which listens on 127.0.0.1:8080, and 4 more processes of the server: PSS 57.2MiB',
  ],
  ['was named', { process: { ...FOUND, listensOn: null } }, 'memory of pid 1234 (node): PSS 57.2MiB before'],
  [
    'stands behind a proxy',
    { process: { ...FOUND, name: 'docker-proxy', isProxy: true } },
    "58.2MiB after; this is a proxy's memory, not the server's\n",
  ],
])('the summary says how the process of a server was come by that %s', (_how, server, says) => {
  const record = soundRecord((one) =>
    Object.assign(one.server, { source: 'pid', clientCount: null, memory: 'pss', ...server }),
  );
  expect(textOf(record)).toContain(says);
});

it('the summary says that the servers of further URLs are not watched', () => {
  const record = soundRecord(({ server }) =>
    Object.assign(server, { source: 'pid', memory: 'pss', process: FOUND, clientCount: null }),
  );
  const urls = ['http://127.0.0.1:8080/events', 'http://127.0.0.1:8081/events'];
  expect(textOf(record, { url: urls })).toContain('58.2MiB after; the servers of the other URLs are not watched\n');
});

it('the summary has colours only where they are passed in', () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.lost = 1;
    summary.kind('slow').dropped = 1;
  });
  expect(textOf(record)).not.toContain('\u001b');
  const painted = textOf(record, { threshold: ['events.lost==0', 'events.received>1'] }, { paint: TAGS });
  expect(painted).toContain('<bad>FAIL</bad>');
  expect(painted).toContain('<bad>fail event-lost</bad>');
  expect(painted).toContain('<doubt>warn slow-client-evicted</doubt>');
  expect(painted).toContain('<bad>✗</bad> events.lost==0');
  expect(painted).toContain('<good>✓</good> events.received>1');
  expect(textOf(soundRecord(), {}, { paint: TAGS })).toContain('<good>PASS</good>');
});

it('the summary lets nothing through that a terminal would obey, wherever a server put it', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\r\n\u009b31m\u202egnp.exe\u0000';
  const record = soundRecord(({ server, summary, target }) => {
    server.down = `exited with code 1: ${evil}`;
    countUp(summary.refusalsByCause, `content-type: ${evil}`);
    countUp(summary.refusalsByCause, `http-status: ${evil}`);
    countUp(summary.dropsByCause, evil);
    target.url = `http://127.0.0.1/${encodeURIComponent(evil)}`;
  });
  const refused = soundRecord((sound) => {
    countUp(sound.summary.refusalsByCause, `content-type: ${evil}`);
  });
  for (const text of [textOf(record), textOf(refused)]) {
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).toContain('\\u001b');
  }
});

it('the summary shows no secret of the URL', () => {
  const record = soundRecord(({ target, summary }) => {
    target.url = 'http://me:5ECRET@127.0.0.1/events?token=5ECRET';
    summary.refusalsByCause.set('content-type: text/html', 1);
  });
  expect(textOf(record)).not.toContain('5ECRET');
});

it('the summary stays readable when a hostile server invents twenty answers', () => {
  const record = soundRecord(({ summary }) => {
    for (let number = 0; number < 20; number++)
      countUp(summary.refusalsByCause, `content-type: ${'x'.repeat(80)}${number}`);
  });
  const longest = Math.max(
    ...textOf(record)
      .split('\n')
      .map((line) => line.length),
  );
  expect(longest).toBeLessThan(2500);
});

it('the summary says by what lost events are known, and whose clock is off', () => {
  const used = (method: string): string =>
    textOf(
      soundRecord(({ summary }) => {
        summary.sequence.clear();
        summary.sequence.set(method, 1);
      }),
    );
  expect(used('ids')).toContain('0 reordered, by their ids\n');
  expect(used('comparison')).toContain(
    '0 duplicated, by comparing clients; order not judged (an order that is wrong for all clients does not show)\n',
  );
  expect(used('comparison')).not.toContain('reordered');
  expect(used('repeated')).toContain('309 received (9/s); loss, duplication and order not judged\n');
  const skewed = (ms: number, kept: boolean): string =>
    textOf(
      soundRecord(({ summary }) => {
        summary.times.skew.record(ms);
        summary.counts.skewed = 1;
        if (!kept) summary.times.latency.reset();
      }),
    );
  expect(skewed(5000, false)).toContain("not measured: the server's clock is 5s ahead\n");
  expect(skewed(8, true)).toContain('latency     in doubt: 1 time were in the future (by 8ms)\n');
  expect(
    textOf(
      soundRecord(({ summary }) => {
        summary.times.latency.reset();
        Object.assign(summary.counts, { secondsBehind: 3, secondsAlike: 3 });
        for (let n = 0; n < 3; n++) summary.times.latencyFloor.record(5000);
        for (let n = 0; n < 30; n++) summary.times.latency.record(5000 + n);
      }),
    ),
  ).toMatch(/latency {5}in doubt: the server's clock may be 5s behind\n/);
});

it('the summary of a run that left most questions open does not say that the server held up, and names the flags', () => {
  const record = soundRecord(({ summary, server, expectations }) => {
    Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: 55_000 });
    Object.assign(server, emptyServerRecord(NO_ORIGIN));
    summary.sequence.clear();
    countUp(summary.sequence, 'personal');
    summary.times.latency.reset();
    summary.byKind.delete('slow');
    summary.byKind.delete('stalled');
    summary.counts.evictionsSeen = 0;
    summary.counts.eventsWithSeq = 0;
  });
  const text = textOf(record);
  expect(headline(text)).toBe('PASS  no defect found in the 1 of 10 areas that were judged: 8 clients');
  expect(text).toContain('  ✓ judged: connections (8 clients)\n  – not judged: lost, duplicated and reordered events');
  for (const flag of ['--seq', '--sent-at', 'slow=1', 'stalled=1', '--server-pid']) expect(text).toContain(flag);
});

it.each([80, 60, 120, null])(
  'the summary is broken between words at %j columns, under where its text began',
  (columns) => {
    const record = soundRecord(({ summary }) => {
      summary.counts.lost = 21;
      countUp(summary.dropsByCause, 'eof-truncated', 2000);
      for (const cause of ['connect-timeout', 'reset', 'headers-timeout', 'http-protocol'])
        countUp(summary.refusalsByCause, cause, 12_345);
    });
    const lines = textOf(record, {}, { columns }).split('\n');
    for (const line of lines) expect(columnsIn(line), line).toBeLessThanOrEqual(columns ?? 80);
    // Nothing is lost by it.
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
      '1 evicted after p50 9s, max 9s, 0 kept longer than 13.5s',
    );
  },
);

it('the summary goes on beneath where a text began', () => {
  const record = soundRecord(({ summary }) => {
    for (const cause of ['connect-timeout', 'reset', 'headers-timeout'])
      countUp(summary.refusalsByCause, cause, 12_345);
  });
  const text = textOf(record, {}, { columns: 80 });
  expect(text).toMatch(/\n {2}drops {7}0 dropped, .*\n {14}[a-z1].*\n {2}events/);
});

it('the summary shows how latency is spread, from the shortest to the longest time', () => {
  const spread = soundRecord(({ summary }) => {
    summary.times.latency.reset();
    for (let n = 0; n < 1000; n++) summary.times.latency.record(1 + (n % 10) / 10);
    summary.times.latency.record(500);
  });
  const [above, , bars, scale] = textOf(spread, {}, { columns: 80 }).split('\n').slice(-8);
  expect(above).toMatch(/^ {14}█* *[▁-█]/);
  expect(bars).toMatch(/^ {2}latency {5}█.*▁$/);
  expect(scale).toMatch(/^ {14}1ms +22ms +500ms$/);
  const plain = textOf(spread, {}, { columns: 80, isUtf8: false });
  expect(plain).not.toMatch(/[▁-█]/);
  expect(plain).toMatch(/^ {2}latency {5}#.*\.$/m);
});

it('the summary shows no chart of latencies that are all alike', () => {
  const alike = soundRecord(({ summary }) => {
    summary.times.latency.reset();
    summary.times.latency.record(5);
  });
  expect(textOf(alike)).not.toMatch(/[▁-█]/);
});
