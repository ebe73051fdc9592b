/** What an open file is. */
import { type BigIntStats, fstatSync } from 'node:fs';

/**
 * Not without bigint: the plain answer stays in a place where require() of a linked package stumbles over it
 * (nodejs/node#51142), so that nothing could be loaded any more behind it under pnpm.
 *
 * @throws what `fs` throws
 */
export function descriptorStat(descriptor: number): BigIntStats {
  return fstatSync(descriptor, { bigint: true });
}
