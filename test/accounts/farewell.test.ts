import { expect, it } from 'vitest';
import { isCalledBack, isLastComment, isLastWord } from '../../src/accounts/farewell.ts';

it.each([
  ['message', '[DONE]', true],
  ['done', '{"reason":"complete"}', true],
  ['disconnecting', '', true],
  ['message_stop', '{}', true],
  ['message', 'done', false],
  ['message', '[DONE] and more', false],
  ['tick', '{"seq":1}', false],
])('an event of type %s with the data %j is a last word: %s', (type, data, isLast) => {
  expect(isLastWord(type, data)).toBe(isLast);
});

it.each([
  ['reconnect', true],
  ['shutdown', true],
  ['done', false],
  ['message', false],
])('an event of type %s asks the client to come back for the rest: %s', (type, calls) => {
  expect(isCalledBack(type)).toBe(calls);
});

it.each([
  ['max-age', true],
  [' shutdown ', true],
  ['ping', false],
  ['', false],
])('the comment %j is a last word: %s', (text, isLast) => {
  expect(isLastComment(text)).toBe(isLast);
});
