/**
 * The figures of a profile as one line for people. They are read by name, as every reader of the JSON would; what
 * is not there is left out.
 */
import { PROFILES } from '../../protocols/profiles.ts';

type Figures = Readonly<Record<string, unknown>>;

/** Empty without a profile. */
export function profileLine(figures: Figures | undefined): string {
  const profile = Object.values(PROFILES).find(({ name }) => name === figures?.['name']);
  return profile === undefined || figures === undefined ? '' : profile.line(figures);
}
