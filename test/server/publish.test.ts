import { sample, string } from 'fast-check';
import { expect, it } from 'vitest';
import { encodeEvent } from '../../src/sse/encoder.ts';
import { numberOf } from '../support/event-id.ts';
import { ask, client, connected, serve } from './fixtures.ts';
import { PATIENCE, type RawClient } from './raw-client.ts';

const TOKEN = 'a-token-of-ours';
const SIGNED = { Host: 'localhost', Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };

function post(
  port: number,
  body: unknown,
  headers: Record<string, string> = SIGNED,
  path = '/publish',
): Promise<RawClient> {
  return ask(port, path, {
    method: 'POST',
    headers,
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

it('POST /publish sends the event to every client and answers with its id', async () => {
  const { port } = await serve({ publishToken: TOKEN });
  const one = await connected({ port });
  const answers = [await post(port, { event: 'news', data: 'a\nb' }), await post(port, { data: '', id: 'of-mine' })];
  const { id } = (answers[0] as RawClient).json as { id: string };
  expect(numberOf(id)).toBe(1);
  expect(answers.map((answer) => [answer.statusCode, answer.json])).toEqual([
    [200, { id }],
    [200, { id: 'of-mine' }],
  ]);
  await one.untilText('id: of-mine\ndata:\n\n');
  expect(one.messages.slice(1)).toEqual([
    { event: 'news', data: 'a\nb', id },
    { event: undefined, data: '', id: 'of-mine' },
  ]);
});

it('POST /publish sends to one client alone where one is named, in order and not to be resumed', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  const [one, other] = [await connected({ port }), await connected({ port })];
  const clientId = String(one.greeting['clientId']);
  const first = (await post(port, { data: 'first' })).json as { id: string };
  const answer = await post(port, { event: 'private', data: 'for one', clientId });
  expect([answer.statusCode, answer.json]).toEqual([200, { clientId }]);
  const last = (await post(port, { data: 'last' })).json as { id: string };
  await Promise.all([one, other].map((each) => each.untilText('data: last\n\n')));
  expect(one.messages.slice(1)).toMatchObject([
    { ...first, data: 'first' },
    { event: 'private', data: 'for one' },
    { ...last, data: 'last' },
  ]);
  expect(other.messages.slice(1).map((message) => message.data)).toEqual(['first', 'last']);
  const returned = await connected({ port, headers: { 'Last-Event-ID': first.id } });
  await returned.untilText('data: last\n\n');
  expect(returned.body).not.toContain('for one');
  expect(hub.stats().events.published).toBe(2);
});

it('POST /publish says 404 of a client that is not here, 409 of one that has no room, 400 of an id for one alone', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN, hub: { maxQueueBytes: 1024, overflow: 'drop-oldest' } });
  for (const clientId of ['no-such', '__proto__', '']) {
    const answer = await post(port, { data: 'x', clientId });
    expect([answer.statusCode, answer.json]).toMatchObject([404, { error: 'no-such-client' }]);
  }
  const stuck = client({ port, paused: true });
  await expect.poll(() => hub.stats().clients.connected, PATIENCE).toBe(1);
  const clientId = hub.describeClients(1)[0]?.id;
  let answer = await post(port, { data: 'x', clientId });
  for (let count = 0; count < 100 && answer.statusCode === 200; count++)
    answer = await post(port, { data: '.'.repeat(500_000), clientId });
  expect([answer.statusCode, answer.json]).toMatchObject([409, { error: 'no-room' }]);
  expect([(await post(port, { data: 'x', id: '1', clientId })).statusCode, hub.stats().clients.connected]).toEqual([
    400, 1,
  ]);
  stuck.destroy();
});

it('POST /publish is off where no token was given, also for who has one', async () => {
  const { port, hub } = await serve();
  const answer = await post(port, { data: 'x' });
  expect([answer.statusCode, answer.json]).toMatchObject([403, { error: 'publishing-is-off' }]);
  expect(hub.stats().events.published).toBe(0);
});

const { Authorization: _, ...unsigned } = SIGNED;
for (const [what, headers, path] of [
  ['no token', unsigned, '/publish'],
  ['a wrong token', { ...SIGNED, Authorization: 'Bearer a-token-of-ourt' }, '/publish'],
  ['the beginning of the token', { ...SIGNED, Authorization: 'Bearer a-token' }, '/publish'],
  ['the token twice', { ...SIGNED, Authorization: `Bearer ${TOKEN}${TOKEN}` }, '/publish'],
  ['an empty token', { ...SIGNED, Authorization: 'Bearer ' }, '/publish'],
  ['another scheme', { ...SIGNED, Authorization: `Basic ${TOKEN}` }, '/publish'],
  ['the token in the query', unsigned, `/publish?token=${TOKEN}&access_token=${TOKEN}`],
  ['the token in a cookie', { ...unsigned, Cookie: `token=${TOKEN}` }, '/publish'],
] as const) {
  it(`POST /publish answers 401 to ${what}, and repeats no token`, async () => {
    const { port, hub } = await serve({ publishToken: TOKEN });
    const answer = await post(port, { data: 'x' }, headers, path);
    expect(answer.statusCode).toBe(401);
    expect(answer.head).toMatch(/^WWW-Authenticate: Bearer\r$/m);
    expect(answer.text).not.toContain('a-token');
    expect(hub.stats().events.published).toBe(0);
  });
}

it('POST /publish takes the scheme in any case and the token in its own only', async () => {
  const { port } = await serve({ publishToken: TOKEN });
  expect((await post(port, { data: 'x' }, { ...SIGNED, Authorization: `bearer ${TOKEN}` })).statusCode).toBe(200);
  expect(
    (await post(port, { data: 'x' }, { ...SIGNED, Authorization: `Bearer ${TOKEN.toUpperCase()}` })).statusCode,
  ).toBe(401);
});

for (const [host, statusCode] of [
  ['localhost', 200],
  ['LOCALHOST:8787', 200],
  ['a.localhost', 200],
  ['127.0.0.1:1', 200],
  ['[::1]:8787', 200],
  ['192.0.2.7', 200],
  ['sse.example.com:80', 200],
  ['evil.example', 421],
  ['sse.example.com.evil.example', 421],
  ['localhost.evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['127.0.0.1@evil.example', 421],
  ['', 421],
] as const) {
  it(`POST /publish asked as ${host === '' ? 'nobody' : host} answers ${statusCode}`, async () => {
    const { port, hub } = await serve({ publishToken: TOKEN, allowedHosts: ['sse.example.com'] });
    expect((await post(port, { data: 'x' }, { ...SIGNED, Host: host })).statusCode).toBe(statusCode);
    expect(hub.stats().events.published).toBe(statusCode === 200 ? 1 : 0);
  });
}

for (const [origin, statusCode] of [
  ['http://localhost', 200],
  ['https://app.example.com', 200],
  ['http://app.example.com', 403],
  ['https://app.example.com.evil.example', 403],
  ['http://localhost:81', 403],
  ['null', 403],
  ['', 403],
] as const) {
  it(`POST /publish from a page of ${origin === '' ? 'an empty origin' : origin} answers ${statusCode}`, async () => {
    const { port, hub } = await serve({ publishToken: TOKEN, corsOrigins: ['https://app.example.com'] });
    expect((await post(port, { data: 'x' }, { ...SIGNED, Origin: origin })).statusCode).toBe(statusCode);
    expect(hub.stats().events.published).toBe(statusCode === 200 ? 1 : 0);
  });
}

it('POST /publish takes JSON only: what a form of any page can send is refused with 415', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/plain; application/json',
    '',
  ]) {
    expect([type, (await post(port, { data: 'x' }, { ...SIGNED, 'Content-Type': type })).statusCode]).toEqual([
      type,
      415,
    ]);
  }
  expect(hub.stats().events.published).toBe(0);
  expect(
    (await post(port, { data: 'x' }, { ...SIGNED, 'Content-Type': 'Application/JSON; charset=utf-8' })).statusCode,
  ).toBe(200);
});

for (const [what, body, says] of [
  ['no JSON', '{"data":', 'not JSON'],
  ['nothing', '', 'not JSON'],
  ['a list', [], 'must be an object'],
  ['null', 'null', 'must be an object'],
  ['no data', { event: 'x' }, 'data must be a string'],
  ['data that is no text', { data: { a: 1 } }, 'data must be a string'],
  ['an event that is no text', { data: '', event: 1 }, 'event must be a string'],
  ['an id that is no text', { data: '', id: 1 }, 'id must be a string'],
  ['a client that is no text', { data: '', clientId: 7 }, 'clientId must be a string'],
  ['a field that nobody knows', { data: '', retry: 1 }, 'unknown field \\"retry\\"'],
  ['a prototype', '{"data":"","__proto__":{"id":"x"}}', 'unknown field \\"__proto__\\"'],
  ['LF in the event', { data: '', event: 'a\nb' }, 'line end or NUL'],
  ['CR in the event', { data: '', event: 'a\rb' }, 'line end or NUL'],
  ['CRLF in the id', { data: '', id: 'a\r\ndata: forged' }, 'line end or NUL'],
  ['NUL in the id', { data: '', id: 'a\0b' }, 'line end or NUL'],
  ['an empty id', { data: '', id: '' }, 'cannot have an empty id'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8'],
] as const) {
  it(`POST /publish answers 400 with a sentence to ${what}, and publishes nothing`, async () => {
    const { port, hub } = await serve({ publishToken: TOKEN });
    const answer = await post(port, body);
    expect([answer.statusCode, answer.body.includes(says), answer.body]).toEqual([400, true, answer.body]);
    expect(hub.stats().events.published).toBe(0);
  });
}

it('POST /publish refuses more than a megabyte with 413, announced or not, and the server goes on', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  const large = JSON.stringify({ data: 'x'.repeat(1024 * 1024) });
  expect((await post(port, large)).statusCode).toBe(413);
  const chunked = client({
    port,
    path: '/publish',
    method: 'POST',
    headers: { ...SIGNED, 'Transfer-Encoding': 'chunked' },
  });
  chunked.socket.write(`${large.length.toString(16)}\r\n${large}\r\n`);
  await chunked.untilText('HTTP/1.1 413');
  expect((await post(port, { data: 'x'.repeat(1_000_000) })).statusCode).toBe(200);
  expect(hub.stats().events.published).toBe(1);
});

it('POST /publish publishes nothing of a body whose sender leaves in the middle', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  const leaver = client({ port, path: '/publish', method: 'POST', headers: { ...SIGNED, 'Content-Length': '100' } });
  leaver.socket.write('{"data":"x"}');
  await new Promise((resolve) => setTimeout(resolve, 50));
  leaver.destroy();
  expect(numberOf(((await post(port, { data: 'y' })).json as { id: string }).id)).toBe(1);
  expect(hub.stats().events.published).toBe(1);
});

it('POST /publish knows no other method', async () => {
  const { port } = await serve({ publishToken: TOKEN });
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    const answer = await ask(port, '/publish', { method, headers: SIGNED });
    expect([answer.statusCode, /^Allow: POST, OPTIONS\r$/m.test(answer.head)]).toEqual([405, true]);
  }
});

it('POST /publish takes what is a line end elsewhere but not here, in event and id too, and it arrives as it is', async () => {
  const { port } = await serve({ publishToken: TOKEN });
  const one = await connected({ port });
  const odd = { event: 'a\u2028b\u0085c', data: '\u2029\v\f', id: 'd\u2028 e' };
  expect((await post(port, odd)).json).toEqual({ id: odd.id });
  await post(port, { data: 'last' });
  await one.untilText('data: last\n\n');
  expect(one.messages.slice(1)).toMatchObject([odd, { data: 'last', id: expect.stringMatching(/-2$/) }]);
  const returned = await connected({ port, headers: { 'Last-Event-ID': odd.id } });
  expect(returned.greeting).toMatchObject({ resumedFrom: odd.id, replayed: 1, missed: 0 });
});

it('POST /publish of any text arrives as exactly one event with that text', async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  const one = await connected({ port });
  const texts = sample(
    string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\uFEFF', '')),
    { numRuns: 40 },
  );
  texts.push('a\rb', 'a\r\rb', '\r\n', '\n\ndata: forged\n\n', 'a\u2028b', '\ud800', ' leading', ': comment', '\0');
  for (const data of texts) await post(port, { data });
  await expect.poll(() => one.messages.length, PATIENCE).toBe(texts.length + 1);
  const wanted = texts.map((text) => text.replaceAll(/\r\n|\r/g, '\n')).map((text) => Buffer.from(text).toString());
  expect(one.messages.slice(1).map((message) => message.data)).toEqual(wanted);
  expect(hub.stats().events.published).toBe(texts.length);
  expect(encodeEvent({ data: 'x', id: '1' }).toString()).toBe('id: 1\ndata: x\n\n');
});

it("DELETE /clients/ID ends that client's stream and no other, behind the same lock", async () => {
  const { port, hub } = await serve({ publishToken: TOKEN });
  const [one, other] = [await connected({ port }), await connected({ port })];
  const path = `/clients/${String(one.greeting['clientId'])}`;
  expect((await ask(port, path, { method: 'DELETE', headers: { Host: 'localhost' } })).statusCode).toBe(401);
  expect((await ask(port, path, { method: 'DELETE', headers: { ...SIGNED, Host: 'evil.example' } })).statusCode).toBe(
    421,
  );
  expect(hub.stats().clients.connected).toBe(2);
  expect((await ask(port, path, { method: 'DELETE', headers: SIGNED })).statusCode).toBe(204);
  await one.untilClosed();
  expect((await ask(port, path, { method: 'DELETE', headers: SIGNED })).statusCode).toBe(404);
  expect([other.closed, hub.stats().clients.connected]).toEqual([false, 1]);
});

it('DELETE /clients/ID is off where no token was given', async () => {
  const { port } = await serve();
  const one = await connected({ port });
  expect(
    (await ask(port, `/clients/${String(one.greeting['clientId'])}`, { method: 'DELETE', headers: SIGNED })).statusCode,
  ).toBe(403);
  expect(one.closed).toBe(false);
});

it('DELETE /clients/ID knows no client by a name of the prototype, and no other method', async () => {
  const { port } = await serve({ publishToken: TOKEN });
  for (const id of ['__proto__', 'constructor', '', '..', '%2e%2e', 'x'.repeat(5000)]) {
    expect((await ask(port, `/clients/${id}`, { method: 'DELETE', headers: SIGNED })).statusCode).toBe(404);
  }
  for (const method of ['GET', 'POST'])
    expect((await ask(port, '/clients/x', { method, headers: SIGNED })).statusCode).toBe(405);
});
