/**
 * What every target of `npm run fuzz` is: how its inputs are made, and what must hold of each of them.
 *
 * In `npm test` a target replays what it once failed and tries some inputs of the seed that all property tests share.
 * `npm run fuzz` (scripts/fuzz.mjs) gives it a time and a seed: it then goes from batch to batch, each with the next
 * seed, so that one batch repeats what it found. An input is a value of JSON: what failed is kept as it is, smallest
 * first found, in `seeds/NAME.json`, and stays a test when the way inputs are made changes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { it } from 'vitest';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export interface FuzzTarget<Input extends JsonValue> {
  /** The name of the test file, and of the file with the seeds. */
  name: string;
  /** What must hold of every input, as the end of a sentence that begins with "fuzzed". */
  holds: string;
  input: fc.Arbitrary<Input>;
  /** Throws where it does not hold. */
  check(input: Input): unknown;
  /** How many inputs `npm test` tries. */
  cases: number;
  /** A case that takes longer stands for one that never ends. */
  mostMsPerCase?: number;
}

interface Kept<Input> {
  /** What was wrong, in the words of the test that failed first. */
  what: string;
  input: Input;
}

/** How many inputs share a seed: few enough that a batch is repeated in seconds. */
const CASES_PER_BATCH = 200;
const MOST_MS_PER_CASE = 30_000;
/** How often a check that waits is looked at. */
const TICK_MS = 100;
/** How much longer than asked a target may take to find the smallest input that fails. */
const MOST_MS_TO_SHRINK = 60_000;

const { FUZZ_SECONDS, FUZZ_SEED, FUZZ_PROGRESS } = process.env;
const seconds = FUZZ_SECONDS === undefined ? null : Number(FUZZ_SECONDS);

export function fuzz<Input extends JsonValue>(target: FuzzTarget<Input>): void {
  const { name, holds, cases, mostMsPerCase = MOST_MS_PER_CASE } = target;
  const check = (input: Input): Promise<void> => withinBounds(() => target.check(input), mostMsPerCase);
  const file = new URL(`seeds/${name}.json`, import.meta.url);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept<Input>[]) : [];
  const property = fc.asyncProperty(target.input, check);

  for (const { what, input } of kept) it(`fuzzed ${holds}: ${what}`, () => check(input));

  if (seconds === null) {
    it(`fuzzed ${holds}`, () => fc.assert(property, { numRuns: cases }));
    return;
  }

  const endMs = performance.now() + seconds * 1000;
  it(`fuzzed ${holds}`, { timeout: seconds * 1000 + 2 * MOST_MS_TO_SHRINK }, async () => {
    let tried = 0;
    for (let seed = Number(FUZZ_SEED); performance.now() < endMs; seed += 1) {
      progress({ seed, cases: tried, failed: false });
      const run = await fc.check(property, {
        seed,
        numRuns: CASES_PER_BATCH,
        interruptAfterTimeLimit: endMs - performance.now() + MOST_MS_TO_SHRINK,
        markInterruptAsFailure: false,
      });
      tried += run.numRuns;
      progress({ seed, cases: tried, failed: run.failed });
      if (!run.failed) continue;
      const [input] = run.counterexample as [Input];
      const error = run.errorInstance instanceof Error ? run.errorInstance : new Error(String(run.errorInstance));
      const what = error.message.split('\n', 1).join('').slice(0, 200);
      if (!kept.some((one) => JSON.stringify(one.input) === JSON.stringify(input))) {
        writeFileSync(file, `${JSON.stringify([...kept, { what, input }], null, 2)}\n`);
      }
      throw new Error(
        `${name} fails with ${JSON.stringify(input)}\n\n` +
          `It is kept in test/fuzz/seeds/${name}.json. The whole batch again: npm run fuzz -- --target ${name} --seed ${seed}`,
        { cause: error },
      );
    }
  });
}

/** Runs one check to its end, with what nobody caught meanwhile and with a bound on its time. */
async function withinBounds(check: () => unknown, mostMs: number): Promise<void> {
  let uncaught: unknown;
  const note = (error: unknown): void => {
    uncaught ??= error;
  };
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  let timer: NodeJS.Timeout | undefined;
  try {
    const before = process.cpuUsage();
    // Counted in ticks and in processor time: a machine that stands still must not pass for a check that does.
    const tooLong = new Promise<never>((_resolve, reject) => {
      let ticks = 0;
      timer = setInterval(() => {
        if (++ticks * TICK_MS > mostMs) reject(new Error(`not over after ${mostMs} ms`));
      }, TICK_MS);
    });
    const result = check();
    if (result instanceof Promise) await Promise.race([result, tooLong]);
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 > mostMs) throw new Error(`took more than ${mostMs} ms of processor`);
  } finally {
    clearInterval(timer);
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
  }
  if (uncaught !== undefined) throw new Error('an exception that nobody caught', { cause: uncaught });
}

/** For the runner, which may have to end a target that stands still and cannot say where. */
function progress(state: { seed: number; cases: number; failed: boolean }): void {
  if (FUZZ_PROGRESS === undefined) return;
  writeFileSync(FUZZ_PROGRESS, JSON.stringify({ ...state, rssBytes: process.memoryUsage.rss() }));
}

/** One latin1 character for each byte, as inputs hold bytes. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Any bytes, one latin1 character for each. */
export function anyBytes(maxLength: number): fc.Arbitrary<string> {
  return fc.uint8Array({ maxLength, size: 'max' }).map((bytes) => Buffer.from(bytes).toString('latin1'));
}

/** Some damage to a text: pieces put in, taken away, doubled. `place` is from 0 to 1, so that it stays when a text shrinks. */
export function damaged(whole: fc.Arbitrary<string>, pieces: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    put: fc.oneof(fc.constant(''), pieces),
    take: fc.constantFrom(0, 0, 1, 2, 7, 40, Number.POSITIVE_INFINITY),
    again: fc.constantFrom(0, 0, 0, 5, 50),
  });
  return fc.tuple(whole, fc.array(edit, { maxLength: 5 })).map(([text, edits]) => {
    let spoilt = text;
    for (const { place, put, take, again } of edits) {
      const at = Math.floor(place * spoilt.length);
      spoilt = spoilt.slice(0, at) + put + spoilt.slice(at, at + again) + spoilt.slice(at + take);
    }
    return spoilt;
  });
}
