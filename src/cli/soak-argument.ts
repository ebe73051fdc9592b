/**
 * The one argument of `sse-probe soak`: a scenario file, or the URL of a stream.
 *
 * What has `://`, a port or an address in brackets is a URL. Anything else is a file where there is one of that name,
 * or where it ends as one does (`.yaml`); only then may a host without a port be meant. So a scenario never becomes a
 * target by mistake.
 */
import { statSync } from 'node:fs';
import { UsageError } from '../core/errors.ts';
import { isStdin } from '../options/file-text.ts';
import type { FlagValues } from '../options/resolve.ts';
import { isSurelyUrl, looksLikeUrl, shownUrl, urlArgument } from '../options/values/urls.ts';

const SCENARIO_NAME = /\.ya?ml$/i;

/** @returns what a plan is read from; @throws {UsageError} for what is neither, and for a stream that is given twice */
export function soakSources(argument: string, flags: FlagValues): { file?: string; flags: FlagValues } {
  if (isStdin(argument)) return { file: argument, flags };
  if (!isSurelyUrl(argument)) {
    if (argument === '' || exists(argument)) return { file: argument, flags };
    if (SCENARIO_NAME.test(argument) || !looksLikeUrl(argument)) throw neither(argument);
  }
  urlArgument(argument);
  if (flags['url'] !== undefined)
    throw new UsageError(`--url: the argument already gives a stream: ${shownUrl(argument)}`, {
      hint: 'Remove one of them; repeat --url for several streams.',
    });
  return { flags: { ...flags, url: [argument] } };
}

/** Also what cannot be looked at: the scenario's reader says why. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function neither(argument: string): UsageError {
  return new UsageError(`${shownUrl(argument)}: no such file, and not a URL`, {
    hint: 'Give the path of a YAML file, or the URL of a stream with "://" or a port: http://example.org/events, localhost:3000.',
  });
}
