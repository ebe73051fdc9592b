/**
 * The figures of a profile as one line for people. They are read by name, as every reader of the JSON would; what
 * is not there is left out.
 */
import { printable } from '../../core/printable.ts';
import { formatDuration } from '../../core/units.ts';

type Figures = Readonly<Record<string, unknown>>;

const COUNTED: Readonly<Record<string, string>> = { usage: '', logprobs: '', text: 'at least ' };

/** The profile's part of the text; empty without a profile. */
export function profileLine(profile: Figures | undefined): string {
  if (profile?.['name'] === 'openai') return openaiLine(profile);
  return profile?.['name'] === 'mcp' ? mcpLine(profile) : '';
}

function openaiLine(figures: Figures): string {
  const { tokens, tokensFrom, chunks, tokensPerSecond, firstTokenMs, interTokenMs } = figures;
  if (typeof firstTokenMs !== 'number') return 'no token';
  const between = fieldsOf(interTokenMs);
  return [
    `${COUNTED[String(tokensFrom)] ?? ''}${String(tokens)} tokens in ${String(chunks)} chunks`,
    `the first after ${formatDuration(firstTokenMs)}`,
    ...(typeof between['p50'] === 'number'
      ? [`between two p50 ${time(between['p50'])}, p99 ${time(between['p99'])}, max ${time(between['max'])}`]
      : []),
    ...(typeof tokensPerSecond === 'number' ? [`${tokensPerSecond.toFixed(1)} tokens/s`] : []),
  ].join(' · ');
}

function mcpLine({ transport, protocolVersion, server, rounds }: Figures): string {
  if (typeof transport !== 'string') return 'no MCP server';
  const answered = Array.isArray(rounds)
    ? rounds.map(fieldsOf).filter(({ answeredMs }) => typeof answeredMs === 'number')
    : [];
  return [
    typeof server === 'string' ? printable(server, 80) : 'no name',
    `MCP ${typeof protocolVersion === 'string' ? protocolVersion : 'of no version'}, ${transport === 'sse' ? 'HTTP with SSE' : 'Streamable HTTP'}`,
    ...answered.map(({ method, answeredMs }) => `${printable(String(method), 40)} ${time(answeredMs)}`),
  ].join(' · ');
}

function fieldsOf(value: unknown): Figures {
  return typeof value === 'object' && value !== null ? (value as Figures) : {};
}

function time(ms: unknown): string {
  return typeof ms === 'number' ? formatDuration(ms) : '–';
}
