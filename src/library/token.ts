/** Secrets that a plan names by an environment variable, so that they stand on no command line. */
import { UsageError } from '../core/errors.ts';

/** What the variable holds. @param flag the option that names it @throws {UsageError} when it is not set */
export function tokenIn(flag: string, name: string, environment: NodeJS.ProcessEnv): string {
  const token = environment[name];
  if (token !== undefined && token !== '') return token;
  // A token in the place of a name ends up here; it is not repeated.
  const shown = looksLikeName(name) ? name : 'that it names';
  throw new UsageError(`${flag}: the environment variable ${shown} is not set`, {
    hint: 'Export it, or remove the option.',
  });
}

/** `OPENAI_API_KEY`, `TOKEN_2`: words in capitals, as nearly all such names are, and as no token is. */
function looksLikeName(name: string): boolean {
  return /^[A-Z]{1,16}\d{0,3}(?:_(?:[A-Z]{1,16}\d{0,3}|\d{1,3}))*$/.test(name);
}

/** The token that a plan asks with; null where it names none. @throws {UsageError} when it is not set */
export function bearerToken(
  { bearerEnv }: { bearerEnv: string | null },
  environment: NodeJS.ProcessEnv,
): string | null {
  return bearerEnv === null ? null : tokenIn('--bearer-env', bearerEnv, environment);
}
