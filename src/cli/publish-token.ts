import { UsageError } from '../core/errors.ts';
import { tokenIn } from '../library/token.ts';
import { ValueError } from '../options/values/value-kind.ts';
import { secret } from '../options/values/server-values.ts';
import type { ServePlan } from '../options/serve-options.ts';

const FLAG = '--publish-token-env';

/**
 * The token itself, or what its variable holds.
 *
 * @throws {UsageError} when the variable is not set or holds no token, which the message does not repeat
 */
export function publishToken(
  { publishToken: token, publishTokenEnv: name }: ServePlan,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (name === null) return token ?? undefined;
  const held = tokenIn(FLAG, name, environment);
  try {
    return secret.read(held);
  } catch (error) {
    if (error instanceof ValueError)
      throw new UsageError(`${FLAG}: the value of the environment variable ${name} ${error.message}`);
    throw error;
  }
}
