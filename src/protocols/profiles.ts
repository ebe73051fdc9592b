/** Every profile, in the order in which `--profile` names them. A new one is a line here. */
import { mcp } from './mcp/profile.ts';
import { openai } from './openai/profile.ts';
import type { Profile } from './profile.ts';
import { sse } from './sse/profile.ts';

export const PROFILES = { sse, openai, mcp } as const satisfies Readonly<Record<string, Profile<never, never>>>;

export type ProfileName = keyof typeof PROFILES;

export const PROFILE_NAMES: readonly ProfileName[] = Object.keys(PROFILES) as ProfileName[];

/** What `--profile` says in the help of a command: `a feed (sse), …`. @param last between the last two */
export function profileHelp(command: 'soak' | 'probe', last: string): string {
  const words = Object.values(PROFILES).map(({ help }) => help[command]);
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].join(last);
}
