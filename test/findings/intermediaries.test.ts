import { expect, it } from 'vitest';
import { INTERMEDIARIES } from '../../src/findings/intermediaries.ts';

const kindsOf = (start: string): string[] =>
  INTERMEDIARIES.filter(({ name }) => name.startsWith(start)).map(({ kind }) => kind);

it('the table of intermediaries names each layer once', () => {
  const names = INTERMEDIARIES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it.each(INTERMEDIARIES)(
  'the table of intermediaries has a limit between 5 s and 15 minutes, a source and a note for $name',
  ({ limitMs, alsoMs = [], source, note }) => {
    for (const ms of [limitMs, ...alsoMs]) {
      expect(ms).toBeGreaterThanOrEqual(5000);
      expect(ms).toBeLessThanOrEqual(15 * 60_000);
      expect(ms % 1000).toBe(0);
    }
    expect(source).toMatch(/^https:\/\/[^\s]+$|^[A-Za-z][^:]{8,}$/);
    expect(note.length).toBeGreaterThan(2);
  },
);

it('the table of intermediaries keeps idle and absolute limits apart', () => {
  expect(kindsOf('Envoy')).toEqual(['absolute', 'idle']);
  expect(kindsOf('nginx')).toEqual(['idle']);
  expect(kindsOf('Google Cloud Run')).toEqual(['absolute']);
});
