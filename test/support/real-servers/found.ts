/** What `scripts/real-servers.mjs` has found of the servers that npm does not have. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../program.ts';

export type Found = { found: string } | { missing: string };

const file = join(root, 'node_modules', '.cache', 'real-servers', 'found.json');
const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, Found> : {};

/** Where it is, or why it is not there: a test that is skipped says so in its name. */
export function found(name: 'nginx' | 'sseStarlette'): Found {
  return known[name] ?? { missing: 'nobody has looked for it: npm run pretest does' };
}
