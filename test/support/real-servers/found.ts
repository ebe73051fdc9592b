/** What the scripts before the tests have found of that which npm does not have. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../program.ts';
import type { ProxyName } from './proxy.ts';

export type Found = { found: string } | { missing: string };

const NEVER_LOOKED: Found = { missing: 'nobody has looked for it: npm run pretest does' };

/**
 * A server that `scripts/real-servers.mjs` looks for: where it is, or why it is not there. A test that is skipped says
 * so in its name.
 */
export function found(name: 'sseStarlette' | 'goServer' | 'promtool' | 'redis' | ProxyName): Found {
  return keptIn('real-servers')[name] ?? NEVER_LOOKED;
}

/** The browser of `scripts/browser.mjs`, likewise. */
export function foundBrowser(): Found {
  return keptIn('browser')['chromium'] ?? NEVER_LOOKED;
}

function keptIn(folder: string): Record<string, Found> {
  const file = join(root, 'node_modules', '.cache', folder, 'found.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Found>) : {};
}
