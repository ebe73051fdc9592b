import { describe, expect, it } from 'vitest';
import { readRedisUrl, redisName, redisWarning } from '../../src/redis/redis-url.ts';

describe('the URL of a Redis', () => {
  it.each(['redis://localhost', 'rediss://user:secret@redis.example:6380/3', 'redis://[::1]:6379', 'redis://h/'])(
    'takes %s',
    (url) => {
      expect(readRedisUrl(url, '--redis')).toBe(url);
    },
  );

  it.each(['localhost:6379', 'http://h', 'redis://', 'redis://h/name', '', 'redis://h/12345'])(
    'refuses "%s" and says how to write it',
    (url) => {
      expect(() => readRedisUrl(url, '--redis')).toThrow(`--redis must be the URL of a Redis, not "`);
    },
  );

  it('quotes what it refuses without the password', () => {
    expect(() => readRedisUrl('redis://user:hunter2@h/name', '--redis')).toThrow(/^(?!.*hunter2).*REDACTED/);
  });

  it('is told without user and password', () => {
    expect(redisName('rediss://user:secret@redis.example:6380/3')).toBe('redis.example:6380/3');
  });

  it.each([
    ['redis://127.0.0.1:6379', null],
    ['redis://localhost', null],
    ['rediss://u:p@redis.example', null],
    ['rediss://redis.example', 'without a password'],
    ['redis://10.0.0.5', 'without a password'],
    ['redis://:p@10.0.0.5', 'is not encrypted'],
  ])('is warned about where others can read or change it: %s', (url, says) => {
    const warning = redisWarning(url);
    expect(warning === null ? null : warning.includes(says as string)).toBe(says === null ? null : true);
  });
});
