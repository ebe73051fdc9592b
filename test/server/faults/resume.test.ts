import { expect, it } from 'vitest';
import { client } from '../fixtures.ts';
import { PATIENCE } from '../raw-client.ts';
import { publish, returning, served, ticks } from './streams.ts';

it('resume-gap leaves out the first event of a replay, and nothing else', async () => {
  const { server, clients } = await served(['resume-gap'], 1);
  publish(server, 6);
  const back = await returning(server.port, '2');
  expect(back.greeting).toMatchObject({ resumedFrom: '2', replayed: 4 });
  publish(server, 2);
  await expect.poll(() => ticks(back), PATIENCE).toBe('4 5 6 7 8');
  await expect.poll(() => clients.map(ticks), PATIENCE).toEqual(['1 2 3 4 5 6 7 8']);
});

it('resume-gap does nothing where there is nothing to replay', async () => {
  const { server } = await served(['resume-gap'], 0);
  publish(server, 3);
  const back = await returning(server.port, '3');
  publish(server, 2);
  await expect.poll(() => ticks(back), PATIENCE).toBe('4 5');
});

it('resume-duplicate begins a replay with the event that the client named', async () => {
  const { server, clients } = await served(['resume-duplicate'], 1);
  publish(server, 6);
  const back = await returning(server.port, '4');
  const newest = await returning(server.port, '6');
  const byQuery = client({ port: server.port, path: '/events?lastEventId=5' });
  await byQuery.untilConnected();
  publish(server, 1);
  await expect.poll(() => [back, newest, byQuery].map(ticks), PATIENCE).toEqual(['4 5 6 7', '6 7', '5 6 7']);
  await expect.poll(() => clients.map(ticks), PATIENCE).toEqual(['1 2 3 4 5 6 7']);
});

it('resume-duplicate leaves ids alone that are not its own', async () => {
  const { server } = await served(['resume-duplicate'], 0);
  publish(server, 3);
  for (const id of ['0', 'abc', '4', '99', '-1', '1e3']) {
    const back = await returning(server.port, id);
    expect(back.greeting).toMatchObject(
      id === '0' ? { resumedFrom: '0', replayed: 3 } : { resumedFrom: null, missed: null },
    );
  }
});
