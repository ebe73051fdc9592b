/**
 * Language models that stream their answers as OpenAI does, and many after it: one question by POST, one answer. A
 * client of a soak that has its whole answer leaves, and asks again after its reconnection time.
 */
import { formatDuration } from '../../core/units.ts';
import type { LoadedPlan, Profile, ProfileRule } from '../profile.ts';
import type { AnswerAccounts } from './answer-accounts.ts';
import { answerFailed, type AnswersSeen } from './answer-failed.ts';
import { answerRequest } from './answer-request.ts';

const needsUrl: ProfileRule<LoadedPlan> = ({ urls }) =>
  urls.length === 0
    ? {
        keys: ['profile'],
        message: 'the built-in server is not a language model',
        hint: 'Add the --url of a language model, such as http://127.0.0.1:8000/v1/chat/completions.',
      }
    : null;

export const openai: Profile<ConstructorParameters<typeof AnswerAccounts>[0], AnswersSeen> = {
  name: 'openai',
  help: {
    soak: 'openai (language models; requests repeat after --retry)',
    probe: 'answers of a language model (openai)',
  },
  request: {
    // GET is what a plan says that says nothing.
    asking: ({ method, headers, body }, path) =>
      answerRequest({ path, method: method === 'GET' ? null : method, headers, body }),
    connections: 1,
    isFeed: true,
    hasFarewell: false,
  },
  async accounts() {
    const { AnswerAccounts: Accounts } = await import('./answer-accounts.ts');
    return ({ figures, clients, transport }) => {
      const accounts = new Accounts(figures, clients);
      return {
        open: (request, receiver) => transport.open(request, receiver),
        requestFor: (_client, request) => request,
        heard: (client, event) => accounts.heard(client, event),
        left() {},
        end: () => Promise.resolve(),
      };
    };
  },
  rules: { soak: [needsUrl], probe: [] },
  detectors: [answerFailed],
  checks: async () => (await import('./answer-session.ts')).answerChecksOfProbe,
  line: answerLine,
};

type Figures = Readonly<Record<string, unknown>>;

const COUNTED: Readonly<Record<string, string>> = { usage: '', logprobs: '', text: 'at least ' };

function answerLine(figures: Figures): string {
  const { tokens, tokensFrom, chunks, tokensPerSecond, firstTokenMs, interTokenMs } = figures;
  if (typeof firstTokenMs !== 'number') return 'no token';
  const between: Figures = typeof interTokenMs === 'object' && interTokenMs !== null ? { ...interTokenMs } : {};
  return [
    `${COUNTED[String(tokensFrom)] ?? ''}${String(tokens)} tokens in ${String(chunks)} chunks`,
    `first after ${formatDuration(firstTokenMs)}`,
    ...(typeof between['p50'] === 'number'
      ? [`gap p50 ${time(between['p50'])}, p99 ${time(between['p99'])}, max ${time(between['max'])}`]
      : []),
    ...(typeof tokensPerSecond === 'number' ? [`${tokensPerSecond.toFixed(1)} tokens/s`] : []),
  ].join(' · ');
}

function time(ms: unknown): string {
  return typeof ms === 'number' ? formatDuration(ms) : '–';
}
