import { expect, it } from 'vitest';
import { Random } from '../../src/core/random.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { countUp } from '../../src/measure/figures.ts';
import type { FindingId } from '../../src/findings/finding-rows.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { judge, type Verdict } from '../../src/verdict/verdict.ts';
import { emptyRecord, load, RAMP_MS, sample, soundRecord } from '../support/run-record.ts';
import { emptyServerRecord, NO_ORIGIN } from '../../src/memory/server-memory.ts';

const MB = 1_000_000;

interface Asked {
  thresholds?: string[];
  failOn?: FindingId[];
  ignore?: FindingId[];
}

function verdictOf(record: RunRecord, { thresholds = [], failOn = [], ignore = [] }: Asked = {}): Verdict {
  return judge(record, { thresholds: thresholds.map(parseThreshold), failOn, ignore });
}

function short({ verdict, exitCode, findings }: Verdict): [string, number, ...string[]] {
  return [verdict, exitCode, ...findings.map(({ id, severity }) => `${id}: ${severity}`)];
}

const lost = ({ summary }: RunRecord): void => {
  summary.counts.lost = 1;
};
const dropped = ({ summary }: RunRecord): void => {
  summary.kind('healthy').dropped = 1;
};
const stopped = (record: RunRecord): void => {
  record.interrupted = true;
};
const slow = ({ generator }: RunRecord): void => {
  Object.assign(generator, { saturated: true, eventLoopDelayMs: { p50: 50, p99: 1200, max: 1900 } });
};
/** Never late by anything. */
const prompt = ({ generator }: RunRecord): void => {
  generator.eventLoopDelayMs = { p50: 0, p99: 0, max: 0 };
};
const clockSet = ({ generator, summary }: RunRecord): void => {
  generator.clockStep = { atMs: 12_000, byMs: -5000 };
  summary.counts.untimed = 40;
};

const leaking = (record: RunRecord): void => load(record, 60_000, (tMs) => 100 * MB + tMs * 10 * (MB / 60_000));

/** Anything between 100 and 200 MB at any time: no trend can be told from it. */
const noisy =
  (loadMs: number) =>
  (record: RunRecord): void => {
    const random = new Random(5);
    load(record, loadMs, () => random.between(100 * MB, 200 * MB));
  };

it('the verdict is pass and 0 for a sound run', () => {
  expect(short(verdictOf(soundRecord()))).toEqual(['pass', 0]);
});

it('the verdict is fail and 1 for one finding of that severity', () => {
  expect(short(verdictOf(soundRecord(lost)))).toEqual(['fail', 1, 'event-lost: fail']);
});

it('the verdict is pass with a finding that only warns or informs', () => {
  const record = soundRecord(({ summary }) => {
    summary.kind('slow').dropped = 1;
    summary.counts.evictionsUnknown = 1;
  });
  expect(short(verdictOf(record))).toEqual(['pass', 0, 'slow-client-evicted: warn', 'not-measured: info']);
});

it('the verdict is inconclusive and 3 when only the load process is in doubt', () => {
  expect(short(verdictOf(soundRecord(slow)))).toEqual(['inconclusive', 3, 'generator-saturated: inconclusive']);
});

it('the verdict lets what is exact fail a run whose load process was too slow', () => {
  const record = soundRecord((sound) => {
    lost(sound);
    slow(sound);
  });
  expect(short(verdictOf(record))).toEqual(['fail', 1, 'event-lost: fail', 'generator-saturated: inconclusive']);
});

it.each<[string, (record: RunRecord) => void, FindingId]>([
  ['a drop', dropped, 'client-dropped'],
  [
    'a refusal',
    ({ summary }) => {
      summary.refusalsByCause.set('refused', 1);
    },
    'connect-refused',
  ],
  [
    'a late heartbeat',
    ({ summary }) => {
      summary.counts.heartbeatsLate = 1;
    },
    'heartbeat-late',
  ],
  [
    'a missing heartbeat',
    ({ summary }) => {
      summary.counts.heartbeatsMissing = 1;
    },
    'heartbeat-missing',
  ],
  [
    'a stale client',
    ({ summary }) => {
      summary.counts.evictionsMissed = 1;
    },
    'stale-client-kept',
  ],
])('the verdict does not blame the server for %s when we were too slow ourselves', (_name, spoil, id) => {
  expect(short(verdictOf(soundRecord(spoil)))).toEqual(['fail', 1, `${id}: fail`]);
  const doubted = soundRecord((record) => {
    spoil(record);
    slow(record);
  });
  expect(verdictOf(doubted)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  expect(verdictOf(doubted).findings).toContainEqual(expect.objectContaining({ id, severity: 'inconclusive' }));
  expect(verdictOf(doubted, { failOn: [id] }).verdict).toBe('inconclusive');
});

it('the verdict puts what fails first, then what is in doubt, then the rest', () => {
  const record = soundRecord((sound) => {
    sound.summary.kind('slow').dropped = 1;
    sound.summary.counts.evictionsUnknown = 1;
    sound.server.settled = sample(45_000, 61 * MB, { clients: 3 });
    slow(sound);
    lost(sound);
  });
  expect(verdictOf(record).findings.map(({ severity }) => severity)).toEqual([
    'fail',
    'fail',
    'inconclusive',
    'warn',
    'info',
  ]);
});

it('the verdict still doubts what depends on time when it is told to ignore that we were too slow', () => {
  const record = soundRecord((sound) => {
    slow(sound);
    dropped(sound);
  });
  expect(short(verdictOf(record, { ignore: ['generator-saturated'] }))).toEqual([
    'inconclusive',
    3,
    'client-dropped: inconclusive',
  ]);
  expect(short(verdictOf(soundRecord(slow), { ignore: ['generator-saturated'] }))).toEqual(['pass', 0]);
});

it('the verdict is pass when all that is wrong is to be ignored', () => {
  expect(short(verdictOf(soundRecord(lost), { ignore: ['event-lost'] }))).toEqual(['pass', 0]);
});

it('the verdict ignores only what it was told to', () => {
  const record = soundRecord((sound) => {
    lost(sound);
    dropped(sound);
  });
  expect(short(verdictOf(record, { ignore: ['event-lost'] }))).toEqual(['fail', 1, 'client-dropped: fail']);
});

it('the verdict fails on a warning, an information and a doubt when it was told to', () => {
  const warning = soundRecord(({ summary }) => {
    summary.kind('slow').dropped = 1;
  });
  expect(short(verdictOf(warning, { failOn: ['slow-client-evicted'] }))).toEqual([
    'fail',
    1,
    'slow-client-evicted: fail',
  ]);
  const gap = soundRecord(({ summary }) => {
    summary.counts.evictionsUnknown = 1;
  });
  expect(short(verdictOf(gap, { failOn: ['not-measured'] }))).toEqual(['fail', 1, 'not-measured: fail']);
  expect(short(verdictOf(soundRecord(slow), { failOn: ['generator-saturated'] }))).toEqual([
    'fail',
    1,
    'generator-saturated: fail',
  ]);
});

it('the verdict of a run that was interrupted passes and fails nothing, and says 130; its findings stay', () => {
  expect(short(verdictOf(soundRecord(stopped)))).toEqual(['interrupted', 130]);
  expect(
    short(
      verdictOf(
        soundRecord((record) => {
          stopped(record);
          lost(record);
        }),
      ),
    ),
  ).toEqual(['interrupted', 130, 'event-lost: fail']);
  expect(short(verdictOf(emptyRecord(stopped)))).toEqual(['interrupted', 130, 'not-measured: inconclusive']);
});

it('a run in which nobody had a stream is never a pass', () => {
  const result = verdictOf(emptyRecord());
  expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive']);
  expect(result.findings[0]?.evidence).toEqual({ planned: 10, connected: 0, refused: 0 });
});

it('a run in which nobody had a stream is not doubted besides when it failed for a reason', () => {
  const refused = emptyRecord(({ summary }) => {
    summary.refusalsByCause.set('http-status: status 503', 1);
  });
  expect(short(verdictOf(refused))).toEqual(['fail', 1, 'connect-refused: fail']);
});

it('a run in which nobody had a stream is not a pass either when the reason is ignored', () => {
  const refused = emptyRecord(({ summary }) => {
    summary.refusalsByCause.set('refused', 1);
  });
  expect(short(verdictOf(refused, { ignore: ['connect-refused'] }))).toEqual([
    'inconclusive',
    3,
    'not-measured: inconclusive',
  ]);
});

/** A record of 20 healthy clients that miss `count` events; the books are in order. */
function missing(count: number): RunRecord {
  return soundRecord((record) => {
    const { summary } = record;
    const more = 20 - summary.kind('healthy').planned;
    record.planned += more;
    summary.kind('healthy').planned = 20;
    summary.kind('healthy').connected = 20 - count;
    countUp(summary.ends, 'requesting', more);
  });
}

it('a run in which many had no stream is no pass, and says how many', () => {
  const result = verdictOf(missing(3));
  expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive']);
  expect(result.findings[0]?.title).toContain('3 of 20 healthy clients never had a stream');
});

it('a run in which many had no stream is one with a few that came at the very end', () => {
  expect(short(verdictOf(missing(2)))).toEqual(['pass', 0]);
});

/** A record of 15 clients, of which so many were in a load process that died. */
function died(clients: number): RunRecord {
  return soundRecord((record) => {
    record.planned = 15;
    record.lostShards = [{ shard: 1, clients, pid: 42, worker: null, reason: 'was ended by SIGKILL', events: 0 }];
  });
}

it.each([
  ['too few ends', -1],
  ['too many ends', 1],
])('our own books make a run inconclusive with %s', (_name, by) => {
  const result = verdictOf(
    soundRecord(({ summary }) => {
      countUp(summary.ends, 'open', by);
    }),
  );
  expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive']);
  expect(result.findings[0]).toMatchObject({
    title: `The counts of this run do not add up: 10 clients, but ${10 + by} ends.`,
    evidence: { clients: 10, ends: { open: 9 + by, reset: 1 } },
  });
});

it('our own books cannot be ignored', () => {
  const record = soundRecord(({ summary }) => {
    countUp(summary.ends, 'open');
  });
  expect(verdictOf(record, { ignore: ['not-measured'] }).verdict).toBe('inconclusive');
});

it('our own books count the clients of a load process that died among the ends', () => {
  expect(short(verdictOf(died(5)))).toEqual(['inconclusive', 3, 'shard-lost: inconclusive']);
  expect(verdictOf(died(4)).findings[1]).toMatchObject({
    title: 'The counts of this run do not add up: 15 clients, but 14 ends.',
    evidence: { clients: 15, ends: { open: 9, reset: 1, 'lost with their process': 4 } },
  });
});

it('our own books add up when clients churn', () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.churned = 3;
    summary.kind('healthy').planned += 3;
    summary.kind('healthy').connected += 3;
    countUp(summary.ends, 'churned', 3);
  });
  expect(short(verdictOf(record))).toEqual(['pass', 0]);
});

it('thresholds pass and fail a run by the figures of its metrics', () => {
  const held = verdictOf(soundRecord(), { thresholds: ['latency.p99<11ms', 'events.lost==0'] });
  expect(short(held)).toEqual(['pass', 0]);
  const result = verdictOf(soundRecord(), { thresholds: ['latency.p99<5ms', 'events.received>=309'] });
  expect(short(result)).toEqual(['fail', 1]);
  expect(result.thresholds).toEqual([
    { expression: 'latency.p99<5ms', actual: expect.closeTo(9.9, 1) as unknown, unit: 'ms', status: 'fail' },
    { expression: 'events.received>=309', actual: 309, unit: 'count', status: 'pass' },
  ]);
});

it('thresholds fail without data, also when we were too slow', () => {
  const asked = { thresholds: ['reconnect.p99<1s'] };
  expect(verdictOf(soundRecord(), asked)).toMatchObject({
    verdict: 'fail',
    exitCode: 1,
    thresholds: [{ actual: null, status: 'no-data' }],
  });
  expect(verdictOf(soundRecord(slow), asked)).toMatchObject({ verdict: 'fail', exitCode: 1 });
});

it.each([
  'latency.p99<1ms',
  'latency.sent.max<1ms',
  'spread.p50<1ms',
  'connect.mean<1ms',
  'headers.p90<1ms',
  'firstEvent.p95<1ms',
  'silence.max<1ms',
  'heartbeat.p999<1s',
  'eviction.time.max<1s',
  'events.rate>100/s',
  'clients.connected==11',
])('thresholds on what our own speed decides are doubted when we were too slow: %s', (threshold) => {
  expect(short(verdictOf(soundRecord(prompt), { thresholds: [threshold] }))).toEqual(['fail', 1]);
  const doubted = verdictOf(soundRecord(slow), { thresholds: [threshold] });
  expect(short(doubted)).toEqual(['inconclusive', 3, 'generator-saturated: inconclusive']);
  expect(doubted.thresholds[0]?.status).toBe('fail');
});

it.each([
  'events.lost>0',
  'events.duplicated>0',
  'events.reordered>0',
  'server.rss.peak<1MB',
  'server.clients.leaked>0',
])('thresholds on what is exact are not: %s', (threshold) => {
  expect(verdictOf(soundRecord(slow), { thresholds: [threshold] })).toMatchObject({ verdict: 'fail', exitCode: 1 });
});

it('thresholds that are broken fail a run although another one is doubted', () => {
  expect(verdictOf(soundRecord(slow), { thresholds: ['latency.p99<1ms', 'events.lost>0'] }).verdict).toBe('fail');
});

/** A record of lost events, 12 of them right after the load process stood still. */
function stoodStill(lost: number): RunRecord {
  return soundRecord(({ summary, generator }) => {
    Object.assign(summary.counts, { lost, lostAfterStop: 12 });
    Object.assign(generator, { stops: 1, longestStop: { atMs: 7000, durationMs: 5000 }, saturated: true });
  });
}

/** Latency and the rest reach from 0.1 to 10 ms in a sound record. */
function late(delayMs: Partial<RunRecord['generator']['eventLoopDelayMs']>): (record: RunRecord) => void {
  return (record) => {
    record.generator.eventLoopDelayMs = { p50: 0, p99: 0, max: 0, ...delayMs };
  };
}

it.each<[string, Parameters<typeof late>[0]]>([
  ['latency.max<8ms', { max: 3 }],
  ['latency.p999<8ms', { max: 3 }],
  ['latency.p99<8ms', { p99: 3 }],
  ['latency.p90<8ms', { p99: 3 }],
  ['latency.p50<4ms', { p50: 2 }],
  ['latency.mean<4ms', { p50: 2 }],
  ['spread.p99<8ms', { p99: 3 }],
  ['connect.max<8ms', { max: 3 }],
  ['eviction.time.max<8s', { max: 1500 }],
])('our own part in a threshold makes %s inconclusive where it would hold without it', (threshold, delay) => {
  const result = verdictOf(soundRecord(late(delay)), { thresholds: [threshold] });
  expect(short(result)).toEqual(['inconclusive', 3, 'generator-saturated: inconclusive']);
  expect(result.findings[0]?.title).toContain(
    `The threshold ${threshold} might hold without the delay of the load process`,
  );
  expect(result.thresholds[0]?.status).toBe('fail');
  expect(short(verdictOf(soundRecord(prompt), { thresholds: [threshold] }))).toEqual(['fail', 1]);
});

it.each<[string, Parameters<typeof late>[0]]>([
  ['latency.p99<8ms', { p99: 1 }],
  ['latency.p99<8ms', { max: 5000 }],
  ['latency.p50<4ms', { p99: 200, max: 2000 }],
  ['generator.lag.p99<1ms', { p99: 3 }],
  ['clients.connected==11', { max: 2000 }],
  ['server.rss.peak<1MB', { max: 2000 }],
])('our own part in a threshold does not excuse %s where it would be broken all the same', (threshold, delay) => {
  expect(short(verdictOf(soundRecord(late(delay)), { thresholds: [threshold] }))).toEqual(['fail', 1]);
});

it('our own part in a threshold is also what was lost after we stood still, and nothing else that was lost', () => {
  const asked = { thresholds: ['events.lost==0'] };
  expect(verdictOf(stoodStill(12), asked)).toMatchObject({
    verdict: 'inconclusive',
    exitCode: 3,
    thresholds: [{ actual: 12, status: 'fail' }],
  });
  expect(verdictOf(stoodStill(12), asked).findings.filter(({ severity }) => severity === 'fail')).toEqual([]);
  expect(short(verdictOf(stoodStill(13), asked)).slice(0, 3)).toEqual(['fail', 1, 'event-lost: fail']);
});

/** A server of somebody else, whose events were late by so much, of which `floorMs` are the same for all in a second. */
function behind(
  floorMs: number,
  seconds: { secondsBehind: number; secondsAlike: number },
): (record: RunRecord) => void {
  return ({ summary, target }) => {
    target.embedded = false;
    Object.assign(summary.counts, seconds);
    const { latency, latencyFloor, latencyAboveFloor } = summary.times;
    for (let n = 0; n < 1000; n++) {
      latency.record(floorMs + (n % 20));
      latencyAboveFloor.record(n % 20);
    }
    for (let n = 0; n < seconds.secondsBehind; n++) latencyFloor.record(floorMs);
  };
}

const ALIKE = { secondsBehind: 10, secondsAlike: 9 };

it('the clock of a server that may be behind decides no threshold on a latency that holds without it', () => {
  const asked = { thresholds: ['latency.p99<250ms', 'latency.max<250ms', 'spread.p99<1s'] };
  const result = verdictOf(soundRecord(behind(300, ALIKE)), asked);
  expect([result.verdict, result.exitCode]).toEqual(['inconclusive', 3]);
  expect(result.findings[0]?.title).toBe(
    'The thresholds latency.p99<250ms, latency.max<250ms could not be judged: the clock of the server may be 300ms behind, since all events were equally late.',
  );
});

it.each<[what: string, change: (record: RunRecord) => void, threshold: string]>([
  ['that is broken without it', behind(300, ALIKE), 'latency.p99<10ms'],
  ['where events were late by this and that', behind(300, { secondsBehind: 10, secondsAlike: 2 }), 'latency.p99<250ms'],
  [
    'of our own server, whose clock is ours',
    (record) => {
      behind(300, ALIKE)(record);
      record.target.embedded = true;
    },
    'latency.p99<250ms',
  ],
])('the clock of a server is no excuse for a threshold %s', (_what, change, threshold) => {
  expect(verdictOf(soundRecord(change), { thresholds: [threshold] }).verdict).toBe('fail');
});

it.each<[what: string, change: (record: RunRecord) => void, says: string]>([
  [
    'ahead, so that nothing is a latency',
    ({ summary }) => {
      summary.times.skew.record(2000);
    },
    'is 2s ahead of this machine',
  ],
  [
    'behind by more than the run lasted',
    ({ summary }) => {
      for (let n = 0; n < 30; n++) summary.times.ageBefore.record(60_000 / 24);
    },
    'may be 1m behind,',
  ],
])('the clock of a server that is %s leaves a threshold on a latency unanswered', (_what, change, says) => {
  const record = soundRecord((sound) => {
    sound.target.embedded = false;
    sound.summary.times.latency.reset();
    change(sound);
  });
  const { verdict, findings } = verdictOf(record, { thresholds: ['latency.p99<1s'] });
  expect(verdict).toBe('inconclusive');
  expect(findings[0]?.title).toContain(says);
});

it('a clock that was set is said, and is no doubt where nobody asked for a latency', () => {
  const result = verdictOf(soundRecord(clockSet), { thresholds: ['spread.p99<1s', 'events.lost==0'] });
  expect(short(result)).toEqual(['pass', 0, 'not-measured: info']);
  expect(result.findings[0]?.title).toBe(
    'Not measured: latency from 12s on (the clock of this machine was set back by 5s).',
  );
});

it.each(['latency.p99<1s', 'latency.sent.p50<1s', 'latency.p99<1ms', 'latency.max>10m'])(
  'a clock that was set leaves %s undecided, whatever came before',
  (threshold) => {
    const result = verdictOf(soundRecord(clockSet), { thresholds: [threshold] });
    expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive', 'not-measured: info']);
    expect(result.findings[0]?.title).toBe(
      `The threshold ${threshold} could be judged for the first 12s only: then this machine's clock was set.`,
    );
  },
);

const endedEarly = { expression: 'latency.p99<5ms', actual: 7.5, tMs: 9000 };

it('a run that a threshold has ended early fails by it, with what was measured then, also when the rest of the run would have held it', () => {
  const result = verdictOf(
    soundRecord((record) => {
      record.endedEarly = { ...endedEarly, expression: 'latency.p99<250ms' };
    }),
    { thresholds: ['latency.p99<250ms abort', 'events.lost==0'] },
  );
  expect(short(result)).toEqual(['fail', 1]);
  expect(result.thresholds).toEqual([
    { expression: 'latency.p99<250ms', actual: 7.5, unit: 'ms', status: 'fail' },
    { expression: 'events.lost==0', actual: 0, unit: 'count', status: 'pass' },
  ]);
});

it('a run that a threshold has ended early is interrupted, with 130, when it was interrupted as well', () => {
  expect(
    short(
      verdictOf(
        soundRecord((record) => {
          stopped(record);
          record.endedEarly = endedEarly;
        }),
        { thresholds: ['latency.p99<5ms abort'] },
      ),
    ),
  ).toEqual(['interrupted', 130]);
});

const GROWTH = { thresholds: ['server.rss.growth<5MB/min'] };
it('the memory of a server that grows fails the run', () => {
  expect(short(verdictOf(soundRecord(leaking)))).toEqual(['fail', 1, 'memory-growth: fail']);
  expect(short(verdictOf(soundRecord(leaking), { ignore: ['memory-growth'] }))).toEqual(['pass', 0]);
});

it('the memory of a server in use that does not grow acquits the resident one', () => {
  const record = soundRecord((sound) => {
    leaking(sound);
    sound.server.warm = sample(RAMP_MS + 12_000, 102 * MB);
    sound.server.end = sample(RAMP_MS + 60_000, 110 * MB, {
      heapUsedBytes: 10 * MB + 300_000,
      clients: 9,
      evicted: 1,
    });
  });
  expect(short(verdictOf(record))).toEqual(['pass', 0]);
  record.server.end = sample(RAMP_MS + 60_000, 110 * MB, { heapUsedBytes: 18 * MB, clients: 9, evicted: 1 });
  expect(short(verdictOf(record))).toEqual(['fail', 1, 'memory-growth: fail']);
});

it('the memory of a server is not mentioned in a short run that cannot tell', () => {
  expect(short(verdictOf(soundRecord()))).toEqual(['pass', 0]);
  expect(short(verdictOf(soundRecord(noisy(120_000))))).toEqual(['pass', 0]);
});

it('the memory of a server makes a short run inconclusive when a threshold asks for its growth', () => {
  const result = verdictOf(soundRecord(), GROWTH);
  expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive']);
  expect(result.findings[0]?.title).toBe(
    "It is not clear whether the server's memory grows: 30s of load is too short.",
  );
  expect(result.thresholds).toEqual([
    { expression: 'server.rss.growth<5MB/min', actual: null, unit: 'bytesPerMinute', status: 'no-data' },
  ]);
});

it('the memory of a server makes no run inconclusive for a threshold that it answers', () => {
  expect(short(verdictOf(soundRecord(), { thresholds: ['server.rss.peak<1GB', 'server.clients.leaked==0'] }))).toEqual([
    'pass',
    0,
  ]);
});

it('the memory of a server answers a threshold that all of a wide interval keeps or breaks', () => {
  expect(short(verdictOf(soundRecord(noisy(120_000)), { thresholds: ['server.rss.growth<900GB/min'] }))).toEqual([
    'pass',
    0,
  ]);
  expect(short(verdictOf(soundRecord(noisy(120_000)), { thresholds: ['server.rss.growth>900GB/min'] }))).toEqual([
    'fail',
    1,
  ]);
  expect(short(verdictOf(soundRecord(noisy(120_000)), GROWTH))).toEqual([
    'inconclusive',
    3,
    'not-measured: inconclusive',
  ]);
});

it('the memory of a server of a target that tells none breaks a threshold for want of data', () => {
  const remote = soundRecord(({ server }) => {
    Object.assign(server, emptyServerRecord(NO_ORIGIN));
  });
  expect(verdictOf(remote, GROWTH)).toMatchObject({
    verdict: 'fail',
    thresholds: [{ actual: null, status: 'no-data' }],
  });
});

it('the memory of a server has to be judged in a load of five minutes', () => {
  expect(short(verdictOf(soundRecord(noisy(299_000))))).toEqual(['pass', 0]);
  const result = verdictOf(soundRecord(noisy(300_000)));
  expect(short(result)).toEqual(['inconclusive', 3, 'not-measured: inconclusive']);
  expect(result.findings[0]?.title).toMatch(
    /^It is not clear whether the server's memory grows: its trend lies between -\d.*\/m and \d.*\/m\.$/,
  );
  expect(short(verdictOf(soundRecord(noisy(300_000)), { ignore: ['memory-growth'] }))).toEqual(['pass', 0]);
});

it('the memory of a server that could not be read in five minutes is not judged either', () => {
  const record = soundRecord((sound) => {
    load(sound, 300_000, () => 60 * MB);
    sound.server.samples = [];
  });
  expect(verdictOf(record)).toMatchObject({
    verdict: 'inconclusive',
    findings: [{ title: expect.stringContaining('it could not be read') as unknown }],
  });
});

it('the memory of a server of a remote target is not asked for by length', () => {
  const remote = soundRecord((record) => {
    load(record, 600_000, () => 0);
    Object.assign(record.server, emptyServerRecord(NO_ORIGIN));
  });
  expect(short(verdictOf(remote))).toEqual(['pass', 0]);
});

it('the memory of a server of a server that died is not the question any more', () => {
  const record = soundRecord((sound) => {
    noisy(300_000)(sound);
    sound.server.down = 'was ended by SIGKILL';
  });
  expect(short(verdictOf(record))).toEqual(['fail', 1, 'target-down: fail']);
});

it('the memory of a server counts from when the clients are there, and from when they were to be there', () => {
  const late = soundRecord((record) => {
    load(record, 120_000, (tMs) => 50 * MB + Math.min(tMs, 60_000) * 1000);
    for (const point of record.series)
      if (point.tMs < RAMP_MS + 60_000) point.clients = 10 * (point.tMs / 65_000) * 0.9;
  });
  expect(short(verdictOf(late))).toEqual(['pass', 0]);
});
