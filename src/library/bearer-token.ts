import { UsageError } from '../core/errors.ts';

/** The token that a plan names by its variable; null where it names none. @throws {UsageError} when it is not set */
export function bearerToken({ bearerEnv }: { bearerEnv: string | null }, environment: NodeJS.ProcessEnv): string | null {
  if (bearerEnv === null) return null;
  const token = environment[bearerEnv];
  if (token !== undefined && token !== '') return token;
  throw new UsageError(`--bearer-env: the environment variable ${bearerEnv} is not set`, {
    hint: 'Export it, or leave the option out.',
  });
}
