import { expect, it } from 'vitest';
import {
  answerOfKind,
  refusedAnswer,
  refusedAnswerSays,
  refusedAnswerText,
} from '../../src/findings/refused-answer.ts';

function sentence(body: string): string {
  return refusedAnswer(new Map(), body).sentence;
}

it.each([
  ['a line of text', 'too many clients\nsee the docs', 'too many clients'],
  ['a message of JSON', '{"status":503,"message":"try later"}', 'try later'],
  ['an error of OpenAI', '{"error":{"message":"Rate limit reached","type":"tokens"}}', 'Rate limit reached'],
  ['a problem of RFC 9457', '{"type":"about:blank","title":"Forbidden","detail":"not yours"}', 'not yours'],
  ['JSON that was cut off', '{"message":"full","stack":"Error: full at', 'full'],
  ['JSON that names nothing', '{"code":7}', '{"code":7}'],
  ['the title of a page', '<html><head><title>502 Bad Gateway</title></head><h1>x</h1>', '502 Bad Gateway'],
  ['the text of a page without one', '<pre>Cannot GET /x</pre>', 'Cannot GET /x'],
  ['an event that was sent with it', 'data: {"error":"no"}\n\n', 'no'],
  ['nothing', '', ''],
  ['a terminal sequence', '\u001b]0;owned\u0007', String.raw`\u001b]0;owned\u0007`],
])('an answer that is no stream is quoted by its own sentence: %s', (_what, body, says) => {
  expect(sentence(body)).toBe(says);
});

it('an answer that is no stream is quoted no further than a line', () => {
  expect(sentence('x'.repeat(500))).toHaveLength(120);
});

it('an answer that is no stream is shown with the fields that say what to do', () => {
  const headers = new Map([
    ['retry-after', '30'],
    ['www-authenticate', 'Bearer'],
    ['upgrade', 'websocket'],
  ]);
  expect(refusedAnswerSays(refusedAnswer(headers, 'no'))).toBe(
    '; the response says “no”, `Retry-After: 30`, `WWW-Authenticate: Bearer`, `Upgrade: websocket`',
  );
  expect(refusedAnswerSays(refusedAnswer(new Map(), ' '))).toBe('');
});

it('an answer that is no stream is found again by the kind that it was kept under', () => {
  const texts = [refusedAnswerText('a', new Map(), 'one'), refusedAnswerText('b', new Map(), 'two')];
  expect(answerOfKind(texts, 'b')?.sentence).toBe('two');
  expect(answerOfKind(texts, 'c')).toBeNull();
});
