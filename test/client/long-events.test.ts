import { DEFAULT_POINTERS } from '../../src/accounts/stamp-pointers.ts';
import { afterEach, expect, it } from 'vitest';
import { LONG_BYTES, LongTexts } from '../../src/client/long-texts.ts';
import { ClockWatch } from '../../src/measure/clock-watch.ts';
import { HeartbeatJudge } from '../../src/measure/heartbeat.ts';
import { Recorder } from '../../src/soak/load/recorder.ts';
import { ClientRig, type RigOptions } from '../support/client-rig.ts';
import { type Answer, OK, ScriptedServer } from '../support/scripted-server.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** One client for each answer. */
async function heardOf(answers: readonly string[], options: RigOptions = {}): Promise<ClientRig> {
  const server = await ScriptedServer.start(...answers.map((text): Answer => ({ text: OK + text, after: 'open' })));
  closing.push(() => server.close());
  const rig = new ClientRig(server.port, options);
  closing.push(() => rig.close());
  for (const answer of answers) {
    const client = rig.connect();
    const length = Buffer.byteLength(answer);
    await rig.until('all of it', () => client.receivedBytes === length || rig.log.losses.length > 0);
  }
  return rig;
}

const numbered = (seq: number, text = ''): string => `data: {"seq":${seq},"text":"${text}"}\n\n`;
const long = 'x'.repeat(4 * LONG_BYTES);

it('clients that are sent the same long data each hear it, with an id and a type of their own', async () => {
  const { log } = await heardOf([
    `data: ${long}\n\n`,
    `id: 7\ndata: ${long}\n\n`,
    `id: 8\nevent: put\ndata: ${long}\n\n`,
    `data: ${long}y\n\n`,
  ]);
  expect(log.heard).toEqual([
    { client: 0, type: 'message', data: long, lastEventId: '' },
    { client: 1, type: 'message', data: long, lastEventId: '7' },
    { client: 2, type: 'put', data: long, lastEventId: '8' },
    { client: 3, type: 'message', data: `${long}y`, lastEventId: '' },
  ]);
});

it('every client that is sent long data of broken UTF-8 tells of it', async () => {
  const server = await ScriptedServer.start(
    ...[0, 1].map((): Answer => (socket) => {
      socket.write(OK);
      socket.write(Buffer.concat([Buffer.from(`data: a${long}`), Buffer.from([0xff]), Buffer.from('\n\n')]));
    }),
  );
  closing.push(() => server.close());
  const rig = new ClientRig(server.port);
  closing.push(() => rig.close());
  for (let heard = 1; heard <= 2; heard++) {
    rig.connect();
    await rig.until('the event', () => rig.log.heard.length === heard);
  }
  expect(rig.log.malformed).toEqual([0, 1].map((client) => `${client} bad-utf8: a${'x'.repeat(79)}`));
});

it('an event that finds no room where its content is judged ends the stream, and is counted', async () => {
  const { log } = await heardOf([`data: ${long}\n\ndata: b\n\n`], {
    longTexts: new LongTexts({ maxBytes: 1000, mayDigest: false }),
  });
  expect(log.losses).toMatchObject([{ cause: 'event-limit', wasOpen: true }]);
  expect(log.withoutRoom).toBe(1);
  expect(log.heard).toEqual([]);
});

it('an event that finds no room is a hole in nobody’s numbers, and is counted', async () => {
  const recorder = new Recorder(
    new HeartbeatJudge(null, null, () => 0),
    new ClockWatch(
      () => 0,
      () => 0,
    ),
    { processes: 1, codingAsked: false, seqTrusted: true, pointers: DEFAULT_POINTERS },
  );
  const rig = await heardOf(
    [0, 1, 2].map((at) => numbered(1) + numbered(2) + numbered(3, `${at}${long}`) + numbered(4) + numbered(5)),
    { observer: recorder, longTexts: new LongTexts({ maxBytes: 1000, mayDigest: true }) },
  );
  recorder.snapshot(rig.clock.nowMs());
  expect(recorder.summary.counts).toMatchObject({
    events: 15,
    eventsUnread: 3,
    eventsWithSeq: 12,
    lost: 0,
    duplicated: 0,
    reordered: 0,
  });
});
