import { rounded } from '../../core/units.ts';

/** The same object with its numbers rounded: whole microseconds are what was measured, more digits are noise. */
export function roundedFigures<Figures extends object>(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
  ) as Figures;
}
