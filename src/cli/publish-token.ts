import { UsageError } from '../core/errors.ts';
import { ValueError } from '../scenario/kind.ts';
import { secret } from '../scenario/serve-kinds.ts';
import type { ServePlan } from '../scenario/serve-options.ts';

/** The token itself, or what its variable holds. @throws {UsageError} when that is not set, or no token; it is not repeated */
export function publishToken({ publishToken: token, publishTokenEnv: name }: ServePlan, environment: NodeJS.ProcessEnv): string | undefined {
  if (name === null) return token ?? undefined;
  const held = environment[name];
  const flag = '--publish-token-env: the environment variable';
  if (held === undefined || held === '') throw new UsageError(`${flag} ${name} is not set`, { hint: 'Export it, or leave the flag out.' });
  try {
    return secret.read(held);
  } catch (error) {
    if (error instanceof ValueError) throw new UsageError(`${flag} ${name} holds what ${error.message}`);
    throw error;
  }
}
