/** Secrets that a plan names by an environment variable, so that they stand on no command line. */
import { UsageError } from '../core/errors.ts';

/** What the variable holds. @param flag the option that names it @throws {UsageError} when it is not set */
export function tokenIn(flag: string, name: string, environment: NodeJS.ProcessEnv): string {
  const token = environment[name];
  if (token !== undefined && token !== '') return token;
  throw new UsageError(`${flag}: the environment variable ${name} is not set`, {
    hint: 'Export it, or leave the option out.',
  });
}

/** The token that a plan asks with; null where it names none. @throws {UsageError} when it is not set */
export function bearerToken(
  { bearerEnv }: { bearerEnv: string | null },
  environment: NodeJS.ProcessEnv,
): string | null {
  return bearerEnv === null ? null : tokenIn('--bearer-env', bearerEnv, environment);
}
