import { quote } from '../../core/printable.ts';
import { CLIENT_KINDS, type ClientKind } from '../../core/client-kinds.ts';
import { type Kind, ValueError } from './value-kind.ts';
import { closest } from '../../core/suggest.ts';

/** Weights of the client kinds. They need not add up to 100; a kind that is not named has none. */
export type Mix = Readonly<Record<ClientKind, number>>;

const MAX_WEIGHT = 1_000_000;
const WEIGHT = /^\d{1,7}(\.\d{1,3})?$/;

/** `healthy=94,slow=2` as a flag, a map in YAML. A mix that is given replaces the default wholly. */
export const mix: Kind<Mix> = {
  placeholder: 'kind=weight,…',
  repeats: false,
  bare: false,
  commas: false,
  range: null,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      CLIENT_KINDS.map((kind) => [kind, { type: 'number', minimum: 0, maximum: MAX_WEIGHT }]),
    ),
  },
  read(given) {
    if (typeof given === 'string') return mixOf(pairs(given));
    if (given instanceof Map) return mixOf(given);
    throw new ValueError('takes a map of kinds and weights, such as { healthy: 90, stalled: 10 }');
  },
  show: (weights) =>
    new Map(CLIENT_KINDS.filter((kind) => weights[kind] > 0).map((kind) => [kind, String(weights[kind])])),
};

/** Where clients cannot vanish, the nearest thing that can be had: they stop reading, but their kernel goes on. */
export function stalledInstead(mix: Mix): Mix {
  return Object.freeze({ ...mix, stalled: mix.stalled + mix.vanished, vanished: 0 });
}

function* pairs(text: string): Generator<[string, string]> {
  for (const part of text.split(',')) {
    const [kind, weight, ...rest] = part.split('=');
    if (kind === undefined || weight === undefined || rest.length > 0) {
      throw new ValueError(`${quote(part)} is not KIND=WEIGHT; write healthy=90,stalled=10`);
    }
    yield [kind.trim(), weight.trim()];
  }
}

function mixOf(given: Iterable<readonly [string, string]>): Mix {
  const weights = Object.fromEntries(CLIENT_KINDS.map((kind) => [kind, 0])) as Record<ClientKind, number>;
  const seen = new Set<string>();
  for (const [name, text] of given) {
    const kind = CLIENT_KINDS.find((known) => known === name);
    if (kind === undefined) throw unknownKind(name);
    if (seen.has(kind)) throw new ValueError(`${kind} is given twice`, kind);
    seen.add(kind);
    weights[kind] = weightOf(kind, text);
  }
  if (Object.values(weights).every((weight) => weight === 0)) {
    throw new ValueError('all weights are 0; give at least one kind of client a weight');
  }
  return weights;
}

function weightOf(kind: ClientKind, text: string): number {
  if (!WEIGHT.test(text) || Number(text) > MAX_WEIGHT) {
    throw new ValueError(`${kind}: ${quote(text)} is not a weight; write a number from 0 to ${MAX_WEIGHT}`, kind);
  }
  return Number(text);
}

function unknownKind(name: string): ValueError {
  const guess = closest(name, CLIENT_KINDS);
  return new ValueError(
    guess === null
      ? `${quote(name)} is not a kind of client; use one of ${CLIENT_KINDS.join(', ')}`
      : `${quote(name)} is not a kind of client; did you mean ${quote(guess)}?`,
    name,
  );
}
