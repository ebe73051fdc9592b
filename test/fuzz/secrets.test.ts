/** Text that is shown: nothing in it that a terminal obeys, and no secret that was given. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { printable, quote } from '../../src/core/printable.ts';
import { redactHeaders, redactUrl, secretsOf, withoutSecrets } from '../../src/core/redact.ts';
import { markdownText } from '../../src/report/markdown-text.ts';
import { anyText } from '../support/hostile-result.ts';
import { fuzz } from './target.ts';

const UNSAFE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** A secret of characters that nothing else here has, so that it is not found by chance; some mean something in a URL. */
const secret = fc
  .array(fc.constantFrom(...'QJZ', '%40', '%2F', '+', '-', '_', '.', '~'), { minLength: 3, maxLength: 8 })
  .map((parts) => `QZJQ${parts.join('')}ZQJZ`);
const secretName = fc.constantFrom(
  'token',
  'access_token',
  'api_key',
  'X-Amz-Signature',
  'session',
  'to%6ben',
  'pwd',
  'jwt',
);
const plainPart = fc.oneof(
  anyText,
  fc.constantFrom('a', 'topic', '/', '?', '#', '&', ';', '=', '@', ':', '%', '\\', '[::1]'),
);

fuzz({
  name: 'secrets',
  holds: 'text that is shown has nothing that a terminal obeys, and no secret that was given',
  input: fc.record({
    text: anyText,
    limit: fc.integer({ min: 1, max: 300 }),
    secret,
    secretName,
    path: fc.array(plainPart, { maxLength: 4 }).map((parts) => parts.join('')),
    query: fc.array(plainPart, { maxLength: 4 }).map((parts) => parts.join('')),
  }),
  cases: 150,
  check({ text, limit, secret: given, secretName: name, path, query }) {
    const shown = printable(text, limit);
    expect(shown).not.toMatch(UNSAFE);
    // Twice is as once: what was made printable may pass through another report.
    expect(printable(shown, Number.POSITIVE_INFINITY)).toBe(shown);
    expect(quote(text)).not.toMatch(UNSAFE);
    expect(markdownText(text)).not.toMatch(/[<>|`\n\r]/);

    // Neither the path nor the query before it has what begins another part of the URL.
    const before = path.replaceAll(/[?#@\\]/g, '');
    for (const url of [
      `http://u:${given}@host/${path}?${query}`,
      `https://${given}@host:8443/${path}`,
      `http://host/${before}?${query.replaceAll('#', '')}&${name}=${given}`,
      `http://host/${before}?a=1&${name}=${given}&${query}`,
      `http://host/${before}#${name}=${given}`,
    ]) {
      const redacted = redactUrl(url);
      expect(redacted).not.toContain(given);
      expect(redactUrl(redacted)).not.toContain(given);
    }
    expect(typeof redactUrl(text)).toBe('string');
    expect(JSON.stringify(redactHeaders([[name, given]]))).not.toContain(given);

    const url = new URL(`http://u:${given}@host/?${name}=${given}`);
    // Another secret begins as this one does.
    const secrets = secretsOf({ headers: [['authorization', `Bearer ${given.slice(0, 6)} ${given}`]], url });
    expect(withoutSecrets(`${text}${given}${query}`, secrets)).not.toContain(given.slice(-4));
  },
});
