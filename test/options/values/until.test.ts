import { expect, it } from 'vitest';
import { markerOf, streamEnd, until } from '../../../src/options/values/until.ts';
import { isMarker, markerText } from '../../../src/core/stream-marker.ts';

it.each([
  ['event:done', { kind: 'event-name', name: 'done' }],
  ['event:a b:c', { kind: 'event-name', name: 'a b:c' }],
  ['text:[DONE]', { kind: 'text', text: '[DONE]' }],
  ['text:event:done', { kind: 'text', text: 'event:done' }],
])('the end of a stream is read alike by probe and soak: %s', (given, marker) => {
  expect(streamEnd.read(given)).toEqual(marker);
  const awaited = until.read(given);
  expect(awaited).toEqual(marker);
  expect(markerOf({ until: awaited })).toEqual(marker);
  expect(markerText(streamEnd.read(given))).toBe(given);
});

it.each(['headers', 'event', 'heartbeat'])('a probe waits for %s, which ends no stream of a soak', (given) => {
  const awaited = until.read(given);
  expect(awaited).toEqual({ kind: given });
  expect(markerOf({ until: awaited })).toBeNull();
  expect(() => streamEnd.read(given)).toThrow(`"${given}" is neither event:NAME nor text:…, such as event:done`);
});

it.each([
  ['event:', 'is empty after the colon; write it like event:done'],
  ['text:', 'is empty after the colon; write it like text:[DONE]'],
  [`text:${'x'.repeat(201)}`, 'has a text of more than 200 characters'],
  [`event:${'x'.repeat(201)}`, 'has a name of more than 200 characters'],
  ['event:a\nb', 'has a line break in the name of an event, which the format does not allow'],
])('an end that cannot be is refused: %j', (given, says) => {
  expect(() => until.read(given)).toThrow(says);
  expect(() => streamEnd.read(given)).toThrow(says);
});

it.each([
  ['event:done', 'done', '{}', true],
  ['event:done', 'message', 'done', false],
  ['event:message', 'message', 'x', true],
  ['text:[DONE]', 'message', 'all [DONE] now', true],
  ['text:[DONE]', '[DONE]', 'all', false],
])('%s is met by an event named %s with the data %j: %s', (given, type, data, meets) => {
  expect(isMarker(streamEnd.read(given), type, data)).toBe(meets);
});
