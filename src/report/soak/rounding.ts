/** Whole microseconds are what was measured; more digits are noise. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The same object with its numbers rounded. */
export function rounded<Figures extends object>(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  ) as Figures;
}
