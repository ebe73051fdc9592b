/** The three questions of `sse-probe init`, in a terminal. Each answer is read as the flag would be. */
import { createInterface, type Interface } from 'node:readline/promises';
import { UsageError } from '../../core/errors.ts';
import { initOptions } from '../../options/init-options.ts';
import { shownDefault, type OptionRow } from '../../options/option.ts';
import type { FlagValues } from '../../options/resolve.ts';
import { ValueError } from '../../options/values/value-kind.ts';
import { UnitError } from '../../core/units.ts';

const QUESTIONS: readonly { readonly row: OptionRow; readonly asks: string }[] = [
  { row: initOptions.urls, asks: 'Which stream? Its URL:' },
  { row: initOptions.clients, asks: 'How many clients at once?' },
  { row: initOptions.durationMs, asks: 'How long under load?' },
];

/** So often one question is asked: a terminal that gives nonsense for ever is no person. */
const MOST_TRIES = 10;

/**
 * @param given what is not asked any more
 * @param signal ends the questions; so do Ctrl-C and Ctrl-D
 * @returns the flags with the answers; null where they were ended
 */
export async function askedFor(given: FlagValues, signal: AbortSignal): Promise<FlagValues | null> {
  // On stderr: stdout may be where the scenario goes.
  process.stderr.write('Press Enter to accept the value in brackets, or Ctrl-C to stop without writing a file.\n');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  terminal.on('SIGINT', () => left.abort());
  terminal.on('close', () => left.abort());
  const ended = AbortSignal.any([signal, left.signal]);
  const answers: Record<string, FlagValues[string]> = { ...given };
  try {
    for (const { row, asks } of QUESTIONS) {
      if (given[row.flag] !== undefined) continue;
      const answer = await answerTo(`${asks} [${shownDefault(row)}] `, { row, terminal, ended });
      if (answer !== '') answers[row.flag] = row.kind.repeats ? [answer] : answer;
    }
    return answers;
  } catch (error) {
    if (!ended.aborted) throw error;
    return null;
  } finally {
    terminal.close();
  }
}

/** @returns empty for the default */
async function answerTo(
  question: string,
  { row, terminal, ended }: { row: OptionRow; terminal: Interface; ended: AbortSignal },
): Promise<string> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const answer = (await terminal.question(question, { signal: ended })).trim();
    if (answer === '') return answer;
    try {
      row.kind.read(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof ValueError || error instanceof UnitError)) throw error;
      process.stderr.write(`  ${error.message}\n`);
    }
  }
  throw new UsageError(`--${row.flag}: no valid answer was given`, { hint: 'Give the values as flags, with --yes.' });
}
