import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ADVICE } from '../../src/findings/advice.ts';

const judges = ['verdict/detectors', 'probe/checks'].flatMap((folder) => {
  const url = new URL(`../../src/${folder}/`, import.meta.url);
  return readdirSync(url).map((file): [string, string] => [file, readFileSync(new URL(file, url), 'utf8')]);
});

it.each(Object.entries(ADVICE))('the advice on %s stands in no detector and in no check', (_id, advice) => {
  expect(judges.filter(([, text]) => text.includes(advice)).map(([file]) => file)).toEqual([]);
});
