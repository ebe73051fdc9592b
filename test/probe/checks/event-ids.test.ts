import { eventIds } from '../../../src/probe/checks/event-ids.ts';
import { judges } from '../../support/check-table.ts';
import type { Course, Said } from '../../support/observations.ts';

function spoken(texts: readonly string[]): Course {
  return { says: texts.map((text, at): Said => [1000 + at * 100, text]) };
}

/** Numbers that the data carries, without ids. */
function seqs(...numbers: readonly number[]): Course {
  return spoken(numbers.map((seq) => `data: {"seq":${seq}}\n\n`));
}

function ids(...all: readonly string[]): Course {
  return spoken(all.map((id, at) => `id: ${id}\ndata: ${at}\n\n`));
}

/** Ids from one number to another. */
function counted(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);
}

judges(eventIds, [
  [
    'passes a sound stream',
    {},
    { status: 'pass', title: 'every event has an id', evidence: { events: 19, withId: 19 } },
  ],
  [
    'holds a greeting without an id against nobody',
    { main: spoken(['data: hello\n\n', ...counted(501, 512).map((id) => `id: ${id}\ndata: x\n\n`)]) },
    { status: 'pass', title: '12 of 13 events have an id' },
  ],
  [
    'counts what is missing among ids behind a greeting without one',
    {
      main: spoken([
        'data: hello\n\n',
        ...[...counted(501, 510), ...counted(512, 520)].map((id) => `id: ${id}\ndata: x\n\n`),
      ]),
    },
    { status: 'fail', title: '1 event never arrived', evidence: { finding: 'event-lost', lost: 1 } },
  ],
  [
    'skips a stream without an event',
    { main: { says: [[0, ': x\n\n']] } },
    { status: 'skip', title: 'no event arrived' },
  ],
  [
    'does not judge four events without an id',
    { main: spoken(['data: a\n\n', 'data: b\n\n', 'data: c\n\n', 'data: d\n\n']) },
    { status: 'skip', title: '4 events arrived, without an id' },
  ],
  [
    'advises ids when five events came without one',
    { main: spoken(['data: a\n\n', 'data: b\n\n', 'data: c\n\n', 'data: d\n\n', 'data: e\n\n']) },
    { status: 'pass', title: 'None of 5 events has an id', evidence: { finding: 'no-event-ids' }, advises: true },
  ],
  [
    'counts the events that have an id of their own',
    { main: spoken(['id: 1\ndata: a\n\n', 'data: b\n\n']) },
    { status: 'pass', title: '1 of 2 events have an id' },
  ],
  [
    'does not count heartbeats and notices as events',
    { main: spoken(['event: ping\ndata: a\n\n', 'event: connected\ndata: {}\n\n']) },
    { status: 'skip', title: 'no event arrived' },
  ],
  [
    'finds a number that is missing',
    { main: seqs(1, 2, 4, 5) },
    {
      status: 'fail',
      title: '1 event never arrived on a stream that was open. For example, event 3 never arrived.',
      evidence: { finding: 'event-lost', lost: 1, example: { event: 'event 3', behind: null } },
    },
  ],
  [
    'finds a number that came again behind others',
    { main: seqs(1, 2, 3, 4, 2, 5) },
    { status: 'fail', title: '1 event arrived twice. For example, event 2 arrived again, after' },
  ],
  [
    'finds a number that came twice',
    { main: seqs(1, 2, 2, 3) },
    {
      status: 'fail',
      title: '1 event arrived twice. For example, event 2 arrived twice in a row.',
      evidence: { finding: 'event-duplicated', duplicated: 1 },
    },
  ],
  [
    'finds numbers out of order, none of them lost',
    { main: seqs(1, 3, 2, 4) },
    {
      status: 'fail',
      title: '1 event arrived out of order. For example, event 2 arrived after',
      evidence: { finding: 'event-reordered', lost: 0 },
    },
  ],
  [
    'names all that went wrong, and the worst as its finding',
    { main: seqs(1, 2, 2, 5, 4, 6) },
    {
      status: 'fail',
      title:
        '1 event never arrived on a stream that was open; 1 event arrived twice; 1 event arrived out of order. For example, event 3 never',
      evidence: { finding: 'event-lost', lost: 1, duplicated: 1, reordered: 1, events: 6 },
    },
  ],
  ['does not judge by three numbers', { main: seqs(1, 2, 4) }, { status: 'skip' }],
  ['does not ask for what came before the first event', { main: seqs(41, 42, 43, 44) }, { status: 'skip' }],
  [
    'does not take numbers that are mostly out of line for a sequence',
    { main: seqs(1, 2, 4, 5, 7, 8, 10, 11, 12, 13) },
    { status: 'pass', evidence: { finding: 'no-event-ids' } },
  ],
  [
    'takes them for one as long as a fifth of them is out of line',
    { main: seqs(1, 2, 4, 5, 7, 8, 9, 10, 11, 12) },
    { status: 'fail', evidence: { finding: 'event-lost', lost: 2 } },
  ],
  [
    'holds ids to account that prove to be a sequence',
    { main: ids(...counted(1, 10), ...counted(12, 20)) },
    { status: 'fail', evidence: { finding: 'event-lost', lost: 1, withId: 19 } },
  ],
  [
    'reads the number behind a prefix',
    { main: ids(...[...counted(1, 10), ...counted(12, 20)].map((id) => `room-${id}`)) },
    { status: 'fail', evidence: { finding: 'event-lost', lost: 1 } },
  ],
  ['does not ask more of ids that are too few to prove it', { main: ids('1', '2', '3', '5') }, { status: 'pass' }],
  [
    'asks nothing of ids that are random',
    { main: ids('b7', '0c', '91', 'f3', '2a', '55', 'e0', '7d', '18') },
    { status: 'pass' },
  ],
  [
    'asks nothing of ids that repeat',
    { main: ids('1', '1', '1', '1', '1', '1', '1', '1', '1', '1') },
    { status: 'pass', title: 'every event has an id' },
  ],
  [
    'survives an id that is a terminal sequence',
    { main: ids('\u001b]0;owned\u0007', '\u001b[2J') },
    { status: 'pass', title: 'every event has an id' },
  ],
  [
    'takes the numbers at the pointer that the user named at their word',
    { plan: { seqPointer: '/n' }, main: spoken([1, 2, 5, 4, 6, 6].map((n) => `data: {"n":${n}}\n\n`)) },
    {
      status: 'fail',
      title: '1 event never arrived',
      evidence: { finding: 'event-lost', lost: 1, duplicated: 1, reordered: 1, sequence: 'sequence: /n' },
    },
  ],
  [
    'says what came by the pointer that the user named',
    { plan: { seqPointer: '/n' }, main: spoken(['data: hello\n\n', ...[1, 2, 3].map((n) => `data: {"n":${n}}\n\n`)]) },
    { status: 'pass', title: '3 events arrived once and in order,', evidence: { numbered: 3, lost: 0 } },
  ],
  [
    'warns where nothing stands at the pointer that the user named',
    { plan: { seqPointer: '/n' }, main: spoken(['data: {"m":1}\n\n', 'data: {"m":2}\n\n']) },
    { status: 'warn', title: 'None of 2 events has a whole number at /n' },
  ],
  [
    'counts a ping as an event where the pointer finds something in it',
    { plan: { seqPointer: '/n' }, main: spoken([1, 3].map((n) => `event: ping\ndata: {"n":${n}}\n\n`)) },
    { status: 'fail', evidence: { finding: 'event-lost', lost: 1, events: 2 } },
  ],
  [
    'names a member that counts, and does not judge by it',
    { main: spoken([...counted(1, 18), '23', '24'].map((n) => `data: {"n":${n}}\n\n`)) },
    { status: 'pass', evidence: { finding: 'no-event-ids', sequence: 'sequence: /n (found)' }, advises: true },
  ],
  [
    'holds nobody to numbers that another client did not get either',
    { main: seqs(1, 2, 3, 4, 6, 7, 8, 9), auxiliary: { twin: seqs(3, 4, 6, 7, 8) } },
    { status: 'pass', evidence: { finding: 'no-event-ids' } },
  ],
  [
    'finds a number that another client got',
    { main: seqs(1, 2, 3, 4, 6, 7, 8, 9), auxiliary: { twin: seqs(3, 4, 5, 6, 7) } },
    { status: 'fail', evidence: { finding: 'event-lost', lost: 1 } },
  ],
  [
    'holds nobody to numbers that count within each of two rooms',
    { main: spoken(['a', 'b', 'a', 'b', 'a', 'b'].map((room, at) => `data: {"room":"${room}","seq":${at >> 1}}\n\n`)) },
    { status: 'pass', evidence: { finding: 'no-event-ids' } },
  ],
  [
    'finds an event that came twice, each time with the time of its writing',
    {
      main: spoken(
        [1, 2, 3, 3, 4].map((seq, at) => `data: {"seq":${seq},"at":"${new Date(Date.now() + at).toISOString()}"}\n\n`),
      ),
    },
    { status: 'fail', evidence: { finding: 'event-duplicated', duplicated: 1 } },
  ],
]);
