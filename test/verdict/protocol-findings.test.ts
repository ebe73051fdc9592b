import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
import type { Summary } from '../../src/record/summary.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { refusalKey } from '../../src/soak/load/refusals.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { refusedAnswerText } from '../../src/findings/refused-answer.ts';
import { FOUND, soundRecord } from '../support/run-record.ts';

function findings(record: RunRecord): Finding[] {
  return findingsOf(judgedRun(record), { failOn: [], ignore: [] });
}

function ids(spoil: (summary: Summary, record: RunRecord) => void): string[] {
  const record = soundRecord((sound) => spoil(sound.summary, sound));
  return findings(record).map(({ id }) => id);
}

const heldHeads = { headsJudged: 100, headsWithEvent: 100, headsHeld: 75, headsReleased: 4 };

it('heads that come with an event are late where nearly all do, some waited, and they come at several moments', () => {
  expect(ids(({ counts }) => Object.assign(counts, heldHeads))).toEqual(['late-headers']);
});

it.each([
  ['fewer than five waited', { headsJudged: 5, headsWithEvent: 5, headsHeld: 4 }],
  ['one in nine came without', { headsWithEvent: 89 }],
  ['most came at once, as from a server that greets each client with its last state', { headsHeld: 30 }],
  ['all that waited came at one moment, as after a stop of the server', { headsReleased: 1 }],
  ['each waited for the same time, as at a server that is slow to answer', { headsReleased: 0 }],
])('heads that come with an event are not where %s', (_what, change) => {
  expect(ids(({ counts }) => Object.assign(counts, heldHeads, change))).toEqual([]);
});

it('heads that come with an event need two moments in each of several processes', () => {
  const seen = [3, 4].map((headsReleased) =>
    ids(({ counts }, { generator }) => {
      generator.processes = 2;
      Object.assign(counts, heldHeads, { headsReleased });
    }),
  );
  expect(seen).toEqual([[], ['late-headers']]);
});

it('heads that come with an event say nothing when we were too slow to see the one before the other', () => {
  expect(
    ids(({ counts }, { generator }) => {
      generator.saturated = true;
      Object.assign(counts, heldHeads);
    }),
  ).toEqual(['generator-saturated']);
});

it.each([
  ['one event has one', { eventsWithId: 1, eventsWithoutId: 300 }],
  ['there were hardly any events', { eventsWithId: 0, eventsWithoutId: 4 }],
  ['there were none', { eventsWithId: 0, eventsWithoutId: 0 }],
])('the ids of events are not missed where %s', (_what, counts) => {
  expect(ids((summary) => Object.assign(summary.counts, counts))).toEqual([]);
});

it('streams that ended are dropped clients when they were only cut short, at whatever byte', () => {
  expect(
    ids((summary) => {
      summary.kind('healthy').dropped = 2;
      countUp(summary.dropsByCause, 'eof-truncated');
      countUp(summary.dropsByCause, 'http-protocol');
    }),
  ).toEqual(['client-dropped']);
});

it('streams that ended are told apart when some broke and others were cut', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.kind('healthy'), { dropped: 5, unreadable: 3 });
    countUp(summary.dropsByCause, 'eof-truncated', 2);
    countUp(summary.dropsByCause, 'line-limit', 1);
    countUp(summary.dropsByCause, 'http-protocol', 2);
  });
  const evidence = Object.fromEntries(findings(record).map((finding) => [finding.id, finding.evidence]));
  expect(evidence).toEqual({
    'client-dropped': expect.objectContaining({ dropped: 2, byKind: { healthy: 2 } }),
    'malformed-stream': expect.objectContaining({ streams: 2 }),
    'oversize-event': expect.objectContaining({ lines: 1, events: 0 }),
  });
});

it.each([
  ['was too large for one client too', 'fail', 3],
  ['was only too much for all together', 'inconclusive', 2],
])('an event that %s makes the run %s, and the bound of all clients is told', (_what, severity, eventLimits) => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.kind('healthy'), { dropped: eventLimits, unreadable: eventLimits });
    countUp(summary.dropsByCause, 'event-limit', eventLimits);
    summary.counts.eventsWithoutRoom = 2;
  });
  const [finding] = findings(record);
  expect(finding).toMatchObject({
    id: 'oversize-event',
    severity,
    evidence: { events: eventLimits - 2, withoutRoom: 2 },
  });
  expect(finding?.title).toContain(
    '2 of 10 streams had an event that did not fit: the clients of this run together held 304MiB of unfinished events',
  );
});

it('streams that ended of slow clients are no evictions when nothing could be read any more', () => {
  expect(
    ids((summary) => {
      Object.assign(summary.kind('slow'), { dropped: 1, unreadable: 1 });
      countUp(summary.dropsByCause, 'event-limit');
    }),
  ).toEqual(['oversize-event']);
});

/** Thirty clients that waited for a head after so long, and no other. */
function ownHeads(waits: readonly number[], change: Partial<Summary['counts']> = {}): (summary: Summary) => void {
  return ({ counts, times }) => {
    for (const waitMs of waits) times.ownHeadWait.record(waitMs);
    Object.assign(counts, { headsJudged: waits.length, ownHeadMoments: 9, ...change });
  };
}

function alike(count: number, ms: number): number[] {
  return Array.from({ length: count }, (_, index) => ms + (index % 5));
}

it('heads that come with an event of their own connection are late where all waited for as long', () => {
  const record = soundRecord(({ summary }) => ownHeads(alike(30, 12_000))(summary));
  const [finding] = findings(record);
  expect([finding?.id, finding?.severity]).toEqual(['late-headers', 'warn']);
  expect(finding?.title).toBe(
    'The response headers arrived with the first event and up to 12s after the request for 30 of 30 clients: the server waits for the event, or is slow to respond.',
  );
});

it('heads that come with an event of their own connection wait for it where the wait is the period of its events', () => {
  const record = soundRecord(({ summary }) => ownHeads(alike(30, 500), { ownHeadPeriods: 28 })(summary));
  expect(findings(record)[0]?.title).toBe(
    'The response headers arrive only with the first event: 30 of 30 clients waited for it, up to 504ms.',
  );
});

it.each<[what: string, waits: readonly number[], change: Partial<Summary['counts']>]>([
  ['fewer than five waited', alike(4, 2000), {}],
  ['one in three did not', alike(30, 2000), { headsJudged: 42 }],
  [
    'they waited for different times, as at a server that is overloaded',
    alike(30, 2000).map((ms, at) => ms + 100 * at),
    {},
  ],
  ['all came at one moment, as after a stop of the server', alike(30, 2000), { ownHeadMoments: 1 }],
])('heads that come with an event of their own connection are not late where %s', (_what, waits, change) => {
  expect(ids(ownHeads(waits, change))).toEqual([]);
});

/** So many clients wait for a head, for so long; ten others have their streams. */
function waiting(count: number, waitedMs: number): (summary: Summary) => void {
  return ({ times }) => {
    for (let client = 0; client < count; client++) times.withoutHead.record(waitedMs);
  };
}

it('clients that wait for a head while others have their streams are told with how many of how many, and for how long', () => {
  const record = soundRecord(({ summary }) => waiting(20, 9000)(summary));
  const [finding] = findings(record);
  expect([finding?.id, finding?.title]).toEqual([
    'connect-refused',
    '10 of 30 clients got a response; the other 20 got no response headers within 9s.',
  ]);
  expect(finding?.evidence).toMatchObject({ answered: 10, waiting: 20, refused: 0 });
  expect(finding?.hint).toContain('gunicorn');
});

it('clients that wait for a head are told by the program that listens', () => {
  const record = soundRecord(({ summary, server }) => {
    waiting(20, 9000)(summary);
    server.process = { ...FOUND, name: 'php' };
  });
  expect(findings(record)[0]?.hint).toMatch(/PHP_CLI_SERVER_WORKERS/);
});

it('clients that wait for a head on an HTTP/2 connection that they share are told as that, with the flag', () => {
  const record = soundRecord((sound) => {
    waiting(50, 9000)(sound.summary);
    countUp(sound.summary.refusalsByCause, 'headers-timeout', 50);
    sound.clientsPerConnection = 100;
  });
  const [finding] = findings(record);
  expect(finding?.title).toBe(
    '10 of 60 clients got a response over one shared HTTP/2 connection; the other 50 got no response headers within 9s.',
  );
  expect(finding?.hint).toContain('--streams-per-connection 10');
});

it('streams that an HTTP/2 connection refuses while it lives are told as that, with the flag', () => {
  const record = soundRecord((sound) => {
    countUp(sound.summary.refusalsByCause, refusalKey('refused', 'the stream was reset with REFUSED_STREAM'), 90);
    Object.assign(sound, { clientsPerConnection: 100, planned: 60 });
  });
  const [finding] = findings(record);
  expect(finding?.title).toBe(
    '10 of 60 clients got a response over one shared HTTP/2 connection; the other 50 were rejected (REFUSED_STREAM).',
  );
  expect(finding?.hint).toContain('--streams-per-connection 10');
});

it('connections that are refused are not taken for streams of one that lives', () => {
  const record = soundRecord((sound) => {
    countUp(sound.summary.refusalsByCause, refusalKey('refused', 'ECONNREFUSED'), 9);
    sound.clientsPerConnection = 100;
  });
  expect(findings(record)[0]?.title).toBe('9 connection attempts failed (refused).');
});

it.each<[what: string, spoil: (summary: Summary) => void]>([
  ['they have not waited for long', waiting(20, 2500)],
  ['one of many may be unlucky', waiting(1, 9000)],
  [
    'the others waited for long as well',
    (summary) => {
      waiting(20, 9000)(summary);
      for (let client = 0; client < 5; client++) summary.times.headers.record(4000);
    },
  ],
])('clients that wait for a head are no finding where %s', (_what, spoil) => {
  expect(ids(spoil)).toEqual([]);
});

it('a first attempt that got no head is told as connected and unanswered, with server and proxy as causes', () => {
  const record = soundRecord(({ summary }) => {
    summary.byKind.clear();
    countUp(summary.refusalsByCause, 'headers-timeout');
  });
  const finding = findings(record).find(({ id }) => id === 'connect-refused');
  expect(finding?.title).toBe('Connected, but no response headers within 10s: 1 attempt, none with a response.');
  expect(finding?.hint).toMatch(/proxy_buffering off.*flushHeaders/);
  expect(finding?.hint).not.toContain('backlog');
});

it('clients that were turned away are told in the words of the answer', () => {
  const record = soundRecord(({ summary }) => {
    countUp(summary.refusalsByCause, 'http-status: status 503', 7);
    countUp(
      summary.refusedAnswers,
      refusedAnswerText('http-status: status 503', new Map([['retry-after', '9']]), 'full'),
    );
  });
  expect(findings(record)[0]?.title).toBe(
    '7 connection attempts failed (http-status: status 503); the response says “full”, `Retry-After: 9`.',
  );
});

it('a page in place of a stream is told by its title', () => {
  const record = soundRecord(({ summary }) => {
    summary.refusalsByCause.set('content-type: text/html', 1);
    countUp(summary.refusedAnswers, refusedAnswerText('content-type: text/html', new Map(), '<title>Sign in</title>'));
  });
  expect(findings(record)[0]?.title).toContain('text/html (1 attempt); the response says “Sign in”.');
});
