import { expect, it } from 'vitest';
import { profileLine } from '../../../src/report/probe/profile-text.ts';

it('the line of a profile tells how the tokens of an answer came', () => {
  const figures = {
    name: 'openai',
    answer: 'complete',
    tokens: 39,
    tokensFrom: 'usage',
    chunks: 7,
    tokensPerSecond: 421.23,
    firstTokenMs: 22.4,
    interTokenMs: { mean: 2, p50: 1.8, p90: 2, p95: 2, p99: 4.6, max: 5 },
  };
  expect(profileLine(figures)).toBe(
    '39 tokens in 7 chunks · first after 22ms · gap p50 1.8ms, p99 4.6ms, max 5ms · 421.2 tokens/s',
  );
  expect(profileLine({ ...figures, tokensFrom: 'text', interTokenMs: null, tokensPerSecond: null })).toBe(
    'at least 39 tokens in 7 chunks · first after 22ms',
  );
  expect(profileLine({ ...figures, firstTokenMs: null })).toBe('no token');
});

it('the line of a profile tells which MCP server answered what, and when', () => {
  const rounds = [
    { method: 'initialize', answeredMs: 12.2 },
    { method: 'ping', answeredMs: null },
  ];
  expect(
    profileLine({
      name: 'mcp',
      transport: 'streamable-http',
      protocolVersion: '2025-11-25',
      server: 'every\u001b[1m 2',
      rounds,
    }),
  ).toBe('every\\u001b[1m 2 · MCP 2025-11-25, Streamable HTTP · initialize 12ms');
  expect(profileLine({ name: 'mcp', transport: null })).toBe('not an MCP server');
});

it('the line of a profile is empty without one', () => {
  expect(profileLine(undefined)).toBe('');
});
