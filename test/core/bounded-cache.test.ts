import { expect, it } from 'vitest';
import { BoundedCache } from '../../src/core/bounded-cache.ts';

it('a bounded cache makes each value once, until it is forgotten or pushed out by newer ones', () => {
  const made: string[] = [];
  const cache = new BoundedCache<string, number>(2);
  const get = (key: string): number => cache.get(key, () => made.push(key));
  expect([get('a'), get('a'), get('b'), get('a'), get('b')]).toEqual([1, 1, 2, 1, 2]);
  get('c');
  expect(made).toEqual(['a', 'b', 'c']);
  get('b');
  get('c');
  expect(made).toEqual(['a', 'b', 'c']);
  get('a');
  cache.forget('c');
  get('c');
  expect(made).toEqual(['a', 'b', 'c', 'a', 'c']);
});
