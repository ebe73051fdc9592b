import { expect, it } from 'vitest';
import { client } from '../fixtures.ts';
import { PATIENCE } from '../raw-client.ts';
import { publish, returning, served, ticks } from './streams.ts';

it('resume-gap leaves out the first event of a replay, and nothing else', async () => {
  const { server, clients } = await served(['resume-gap'], 1);
  const [, second = ''] = publish(server, 6);
  const back = await returning(server.port, second);
  expect(back.greeting).toMatchObject({ resumedFrom: second, replayed: 4 });
  publish(server, 2);
  await expect.poll(() => ticks(back), PATIENCE).toBe('4 5 6 7 8');
  await expect.poll(() => clients.map(ticks), PATIENCE).toEqual(['1 2 3 4 5 6 7 8']);
});

it('resume-gap does nothing where there is nothing to replay', async () => {
  const { server } = await served(['resume-gap'], 0);
  const ids = publish(server, 3);
  const back = await returning(server.port, ids.at(-1) ?? '');
  publish(server, 2);
  await expect.poll(() => ticks(back), PATIENCE).toBe('4 5');
});

it('resume-duplicate begins a replay with the event that the client named', async () => {
  const { server, clients } = await served(['resume-duplicate'], 1);
  const ids = publish(server, 6);
  const back = await returning(server.port, ids[3] ?? '');
  const newest = await returning(server.port, ids[5] ?? '');
  const byQuery = client({ port: server.port, path: `/events?lastEventId=${ids[4]}` });
  await byQuery.untilConnected();
  publish(server, 1);
  await expect.poll(() => [back, newest, byQuery].map(ticks), PATIENCE).toEqual(['4 5 6 7', '6 7', '5 6 7']);
  await expect.poll(() => clients.map(ticks), PATIENCE).toEqual(['1 2 3 4 5 6 7']);
});

it('resume-duplicate leaves ids alone that are not its own', async () => {
  const { server } = await served(['resume-duplicate'], 0);
  const [first = ''] = publish(server, 3);
  const life = first.split('-')[0] ?? '';
  for (const id of [`${life}-0`, 'abc', '2', `${life}-4`, `${life}-99`, '-1', `${life}-1e3`]) {
    const back = await returning(server.port, id);
    expect(back.greeting).toMatchObject(
      id === `${life}-0` ? { resumedFrom: id, replayed: 3 } : { resumedFrom: null, missed: null },
    );
  }
});
