/** What is said of who hears what: of groups of clients, and of several URLs. */
import { expect, it } from 'vitest';
import type { AudienceOfUrl } from '../../src/accounts/audience-record.ts';
import type { Detected } from '../../src/findings/finding.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { eventLost } from '../../src/verdict/detectors/event-order.ts';
import { notMeasured } from '../../src/verdict/detectors/not-measured.ts';
import { targetsDiffer } from '../../src/verdict/detectors/targets-differ.ts';
import type { Detector } from '../../src/verdict/finding.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { audienceOf, type AudienceWorld, type Rule } from '../support/audience-world.ts';
import { soundRecord } from '../support/run-record.ts';

function said(
  { detect }: Detector,
  audiences: AudienceOfUrl[],
  change: (record: RunRecord) => void = () => {},
): Detected | null {
  return detect(
    judgedRun(
      soundRecord((record) => {
        record.audiences = audiences;
        change(record);
      }),
    ),
  );
}

/** How heavy it weighs, and what it says; null where nothing is said. */
function weighed(detected: Detected | null): [string, string] | null {
  return detected === null ? null : [detected.severity ?? 'fail', detected.title];
}

const numbered: Rule = (n) => ({ id: `${n}`, data: `{"seq":${n}}` });
const order: Rule = (n) => ({ data: `order ${(n * 7919) % 1009}` });
const group = (client: number): number => client % 2;
const takesTurns =
  (say: Rule): Rule =>
  (n, client) =>
    n % 2 === group(client) ? say(n, client) : null;
const toOne =
  (say: Rule): Rule =>
  (n, client) =>
    n % 12 === client ? say(n, client) : null;

it.each<[name: string, world: AudienceWorld, severity: string, says: RegExp]>([
  [
    'groups that share the numbers of one feed',
    { say: takesTurns(numbered) },
    'fail',
    /^Clients form 2 groups that share no event: of \d+ events 6 received \d\d \(\d\d%\), 6 received \d\d \(\d\d%\)\. All events share one numbering \(id\), and each group misses the events of the others: 2\d reached 6 of 12 clients\.$/,
  ],
  [
    'groups without numbers',
    { say: takesTurns(order) },
    'warn',
    /^Clients form 2 groups that share no event: .* If this is one feed, each instance reaches only its own clients\.$/,
  ],
  [
    'copies for each room under numbers that go on',
    { say: (n, client) => ({ id: `${2 * n + group(client)}`, data: `${n} in ${group(client)}` }) },
    'warn',
    /^Clients form 2 groups that share no event: /,
  ],
  [
    'one client each, by the numbers of one feed',
    { say: toOne(numbered) },
    'warn',
    /^Each of 38 events reached exactly one of 12 clients, although all events share one numbering \(id\)\.$/,
  ],
  [
    'nothing for some',
    { say: (n, client) => (client < 4 ? null : order(n, client)) },
    'fail',
    /^4 of 12 clients never received an event, while all others received the same events: 38 events or more\.$/,
  ],
  [
    'a part of a numbered feed for one group',
    { say: (n, client) => (group(client) === 0 || n % 2 === 0 ? numbered(n, client) : null) },
    'fail',
    /^Clients receive different parts of one feed: 6 of 12 clients received \d\d events, 6 received \d\d of them\.$/,
  ],
  [
    'a part for one group, without numbers',
    { say: (n, client) => (group(client) === 0 || n % 2 === 0 ? order(n, client) : null) },
    'warn',
    /^Clients receive different parts of one feed:/,
  ],
  [
    'another half of a numbered feed each time',
    { say: (n, client) => (((n * 31 + client * 17) * 2_654_435_761) % 97 < 48 ? numbered(n, client) : null) },
    'warn',
    /^An event reached \d of 12 clients \(median\), and not always the same clients/,
  ],
])('event-lost says of an audience of %s how it is divided', (_name, world, severity, says) => {
  const found = said(eventLost, [audienceOf(world)]);
  expect(found?.severity ?? 'fail').toBe(severity);
  expect(found?.title).toMatch(says);
});

it.each<[name: string, world: AudienceWorld]>([
  ['the same for all', { say: numbered }],
  ['streams of their own', { say: (n, client) => ({ data: `${n} for ${client}` }) }],
  ['one client each, without numbers', { say: toOne(order) }],
  [
    'copies for each client under numbers that go on',
    { say: (n, client) => ({ id: `${12 * n + client}`, data: `${n}!` }) },
  ],
  ['copies for each room', { say: (n, client) => ({ data: `{"v":${n},"room":${group(client)}}` }) }],
  ['a counter of each connection', { say: (n) => ({ data: `{"n":${n}}` }), delayMs: (_n, client) => 700 * client }],
  [
    'all since they have come, of clients of which most have come lately',
    { say: numbered, openedMs: (client) => 10_000 * (1 - 0.7 ** client) },
  ],
  ['nothing yet for one that has come late', { say: numbered, openedMs: (client) => (client === 0 ? 9000 : 0) }],
  [
    'another part each time, without numbers',
    { say: (n, client) => ((n * 7 + client * 5) % 11 < 5 ? order(n, client) : null) },
  ],
])('event-lost is not said of an audience of %s', (_name, world) => {
  expect(weighed(said(eventLost, [audienceOf(world)]))).toBeNull();
});

it.each<[name: string, change: (record: RunRecord) => void]>([
  ['each connection is known to be sent a stream in its own time', ({ summary }) => void (summary.counts.apart = 1)],
  ['streams have an end of their own', ({ summary }) => void summary.sequence.set('finite', 1)],
])('event-lost is not said of groups where %s', (_name, change) => {
  expect(weighed(said(eventLost, [audienceOf({ say: takesTurns(numbered) })], change))).toBeNull();
});

function losesSeven({ summary }: RunRecord): void {
  summary.counts.lost = 7;
}

it('event-lost counts what numbers prove to be lost, and says how the audience is divided where that is proved as well', () => {
  expect(said(eventLost, [audienceOf({ say: takesTurns(order) })], losesSeven)?.title).toMatch(
    /^7 events never arrived/,
  );
  const groups = said(eventLost, [audienceOf({ say: takesTurns(numbered) })], losesSeven);
  expect(groups?.title).toMatch(/^Clients form 2 groups/);
  expect(groups?.evidence).toMatchObject({ lost: 7, structure: 'groups', numbering: 'id' });
});

it.each<[name: string, world: AudienceWorld, says: string]>([
  [
    'streams of their own',
    { say: (n, client) => ({ data: `${n} for ${client}` }) },
    'reached only one of 12 clients: separate streams',
  ],
  ['one client each', { say: toOne(order) }, 'or a queue that gives each event to one client'],
  [
    'copies for each room',
    { say: (n, client) => ({ data: `${n} in ${group(client)}` }) },
    '2 groups that share no event',
  ],
  ['groups', { say: takesTurns(order) }, 'events differ between clients: see event-lost).'],
])('not-measured says how an audience of %s is divided where clients cannot be compared', (_name, world, says) => {
  const found = said(notMeasured, [audienceOf(world)], ({ summary }) => {
    summary.sequence.clear();
    summary.sequence.set('personal', 1);
  });
  expect(found?.title).toContain(says);
});

/** Two instances of one service, or more. */
function instances(...worlds: Partial<AudienceWorld>[]): AudienceOfUrl[] {
  return worlds.map((world, at) =>
    audienceOf({ say: numbered, url: `http://127.0.0.1:${at + 1}/events`, processes: worlds.length, ...world }),
  );
}

it.each<[name: string, audiences: AudienceOfUrl[], severity: string, says: RegExp]>([
  [
    'a part on one',
    instances({}, { say: (n) => (n % 2 === 0 ? numbered(n, 0) : null) }),
    'fail',
    /^Not every URL received all \d+ events that any URL received: .* \(100%\) on http:\/\/127\.0\.0\.1:1\/events \(12 clients\), .* \(50%\) on /,
  ],
  [
    'turns',
    instances({ say: (n) => takesTurns(numbered)(n, 0) }, { say: (n) => takesTurns(numbered)(n, 1) }),
    'fail',
    /^Each event reaches the clients of one URL only: of \d+ events with one common numbering \(id\), \d+ \(50%\) on /,
  ],
  [
    'turns without numbers',
    instances({ say: (n) => takesTurns(order)(n, 0) }, { say: (n) => takesTurns(order)(n, 1) }),
    'fail',
    /^The clients of each URL receive events that the clients of other URLs do not/,
  ],
  [
    'one part on two of three, and the rest on the third',
    instances(
      { say: (n) => (n % 3 > 0 ? numbered(n, 0) : null) },
      { say: (n) => (n % 3 > 0 ? numbered(n, 0) : null) },
      { say: (n) => (n % 3 === 0 ? numbered(n, 0) : null) },
    ),
    'fail',
    /^Not every URL received all/,
  ],
  [
    'turns at the same moments',
    instances(
      { say: (n) => ({ id: `${2 * n}`, data: `v${2 * n}` }) },
      { say: (n) => ({ id: `${2 * n + 1}`, data: `v${2 * n + 1}` }) },
    ),
    'warn',
    /^Each event reaches the clients of one URL only/,
  ],
  [
    'feeds of their own',
    instances({ delayMs: () => 110 }, { say: (n) => ({ id: `${n + 700}`, data: `{"seq":${n + 700}}` }) }),
    'warn',
    /^The URLs look like separate feeds: each has its own numbering \(id\),/,
  ],
  [
    'one client each',
    instances(
      { say: (n, client) => (n % 24 === client ? numbered(n, client) : null), events: 60 },
      { say: (n, client) => (n % 24 === client + 12 ? numbered(n, client) : null), events: 60 },
    ),
    'warn',
    /^Each event reached one client on one of 2 URLs only, although all events share one numbering \(id\)\.$/,
  ],
  [
    'nothing on one whose path is another',
    [audienceOf({ say: numbered }), audienceOf({ say: () => null, url: 'http://127.0.0.1:1/events?topic=2' })],
    'warn',
    /their paths differ, so they count as different streams\.$/,
  ],
  [
    'nothing on one, and streams of their own on the other',
    instances({ say: (n, client) => ({ data: `${n} for ${client}` }) }, { say: () => null }),
    'fail',
    /^No event reached all 12 clients of/,
  ],
])('targets-differ says of several URLs with %s what each hears', (_name, audiences, severity, says) => {
  const found = said(targetsDiffer, audiences);
  expect(found?.severity ?? 'fail').toBe(severity);
  expect(found?.title).toMatch(says);
});

it.each<[name: string, audiences: AudienceOfUrl[]]>([
  ['the same on both', instances({}, {})],
  ['the same, later on one', instances({}, { delayMs: () => 1400 })],
  [
    'the same, much later on one of a fast feed',
    instances({ events: 6000, periodMs: 4 }, { events: 6000, periodMs: 4, delayMs: () => 1300 }),
  ],
  [
    'ids of their own and the same text',
    instances(
      { say: (n) => ({ id: `${n}`, data: `news ${n}` }) },
      { say: (n) => ({ id: `${900 + n}`, data: `news ${n}` }) },
    ),
  ],
  [
    'the name of the instance in each event',
    instances({ say: (n) => ({ data: `${n} from a` }) }, { say: (n) => ({ data: `${n} from b` }) }),
  ],
  [
    'the time of each writing',
    instances(
      { say: (n) => ({ data: `{"n":${n},"at":${1_796_032_800_000 + n}}` }) },
      { say: (n) => ({ data: `{"n":${n},"at":${1_796_032_800_004 + n}}` }) },
    ),
  ],
  [
    'streams of their own',
    instances(
      { say: (n, client) => ({ data: `${n} for ${client}` }) },
      { say: (n, client) => ({ data: `${n} for ${100 + client}` }) },
    ),
  ],
  ['different paths', [audienceOf({ say: order }), audienceOf({ say: numbered, url: 'http://127.0.0.1:1/other' })]],
  ['too few events', instances({ events: 6 }, { events: 6, say: (n) => numbered(n + 100, 0) })],
  ['nothing at all', instances({ say: () => null }, { say: () => null })],
])('targets-differ is not said of several URLs with %s', (_name, audiences) => {
  expect(weighed(said(targetsDiffer, audiences))).toBeNull();
});

it('targets-differ hides what is secret in a URL', () => {
  const found = said(targetsDiffer, [
    audienceOf({ say: numbered, processes: 2 }),
    audienceOf({ say: () => null, url: 'http://user:hunter2@127.0.0.1:2/events?token=hunter2', processes: 2 }),
  ]);
  expect(JSON.stringify(found)).not.toContain('hunter2');
});

it('not-measured says that copies of each instance are not known to be the same', () => {
  const named = instances({ say: (n) => ({ data: `${n} from a` }) }, { say: (n) => ({ data: `${n} from b` }) });
  expect(said(notMeasured, named)?.title).toContain('whether all URLs receive the same');
});
