import { REDIS_DEFAULTS } from '../../src/backplane/redis-backplane.ts';
import { expect, it } from 'vitest';
import { CLOSE_DEFAULTS, HUB_DEFAULTS } from '../../src/hub/hub-options.ts';
import { checkedServerOptions } from '../../src/server/server-options.ts';
import { encodeEvent } from '../../src/sse/encoder.ts';
import { DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_LINE_BYTES, type SseEvent } from '../../src/sse/handlers.ts';
import { SseParser } from '../../src/sse/parser.ts';
import { docComments, meantDefault, publicInterfaces } from './doc-comments.ts';

const INTERFACES = publicInterfaces('src/index.ts');
/** What `startServer` takes: it is no export of the package. */
const SERVER = { name: 'ServerOptions', file: 'src/server/server-options.ts' };

/** The type of an event that names none. */
function typeOf(message: { data: string }): string {
  const events: SseEvent[] = [];
  new SseParser({ onEvent: (event) => events.push(event) }).push(encodeEvent(message));
  return events[0]?.type ?? '';
}

/**
 * The options with a default of their own; those of soak() and probe() are held to their tables (option-docs.test.ts).
 */
const DEFAULTS: readonly [name: string, file: string, defaults: Readonly<Record<string, unknown>>][] = [
  ['SseHubOptions', 'src/hub/hub-options.ts', HUB_DEFAULTS],
  ['RedisBackplaneOptions', 'src/backplane/redis-backplane.ts', REDIS_DEFAULTS],
  ['CloseOptions', 'src/hub/hub-options.ts', CLOSE_DEFAULTS],
  ['PublishedEvent', 'src/hub/hub-client.ts', { event: typeOf({ data: 'x' }) }],
  ['SseMessage', 'src/sse/encoder.ts', { event: typeOf({ data: 'x' }) }],
  [
    'SseHandlers',
    'src/sse/handlers.ts',
    { maxLineBytes: DEFAULT_MAX_LINE_BYTES, maxEventBytes: DEFAULT_MAX_EVENT_BYTES },
  ],
  [SERVER.name, SERVER.file, serverDefaults()],
];

/** Defaults that are no values that a program could write; their comments say them in words. */
const IN_WORDS: readonly string[] = [
  'SseHubOptions.clock',
  'PublishedEvent.id',
  'ServerOptions.hub',
  'ServerOptions.publishToken',
  'ServerOptions.tls',
  'ServerOptions.times',
  'ServerOptions.onAcceptError',
];

function serverDefaults(): Record<string, unknown> {
  const { dashboard, ...defaults } = checkedServerOptions({});
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(dashboard).map(([name, value]) => [`dashboard.${name}`, value])),
  };
}

it('the exports of the package the interfaces that the package exports are found, with what they are made of', () => {
  const names = INTERFACES.map(({ name }) => name);
  for (const name of ['SoakOptions', 'AskingOptions', 'SoakReport', 'Times', 'ProbeReport', 'Arrival', 'SseHubOptions'])
    expect(names).toContain(name);
});

it.each([...INTERFACES, SERVER])(
  'the exports of the package $name says of each member what it is ($file)',
  ({ name, file }) => {
    const comments = docComments(file, name);
    expect(comments.length).toBeGreaterThan(0);
    expect(comments.filter(({ text }) => !/^[A-Z\d`].*[.…:]$/.test(text))).toEqual([]);
  },
);

it.each(DEFAULTS)(
  'the defaults in comments each default in the comments of %s is the real one',
  (name, file, defaults) => {
    const said = docComments(file, name).filter((comment) => comment.default !== null);
    const inWords = said.filter((comment) => meantDefault(comment.default ?? '') === comment.default);
    expect(inWords.map((comment) => `${name}.${comment.name}`)).toEqual(
      IN_WORDS.filter((option) => option.startsWith(`${name}.`)),
    );
    const values = said.filter((comment) => !inWords.includes(comment));
    expect(Object.fromEntries(values.map((comment) => [comment.name, meantDefault(comment.default ?? '')]))).toEqual(
      Object.fromEntries(Object.entries(defaults).filter(([option]) => !IN_WORDS.includes(`${name}.${option}`))),
    );
  },
);

it('the defaults in comments no default is told but in interfaces that are held to their defaults', () => {
  const held = new Set([
    ...DEFAULTS.map(([name]) => name),
    'SoakOptions',
    'ProbeOptions',
    'AskingOptions',
    'SpreadOptions',
  ]);
  const elsewhere = INTERFACES.filter(({ name }) => !held.has(name)).flatMap(({ name, file }) =>
    docComments(file, name).filter((comment) => comment.default !== null),
  );
  expect(elsewhere).toEqual([]);
});
