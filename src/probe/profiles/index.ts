/** Every profile, loaded when it is asked for: a plain probe shall not wait for them. */
import type { Profile, ProfileName } from './profile.ts';

export const PROFILE_NAMES: readonly ProfileName[] = ['openai', 'mcp'];

export async function profileNamed(name: ProfileName): Promise<Profile> {
  switch (name) {
    case 'openai':
      return (await import('./openai.ts')).openai;
    case 'mcp':
      return (await import('./mcp.ts')).mcp;
  }
}
