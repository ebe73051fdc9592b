/** How many events have replacement characters in their data, each event once, and in how many places. */
import { createHash } from 'node:crypto';
import { replacedIn, type ReplacedSeen } from '../findings/replaced-characters.ts';
import { countUp, figures, type Measured } from './figures.ts';

export const REPLACED_FIGURES = figures({
  counts: [
    /** Events whose data was read, once for all clients that are sent the same. */
    'eventsRead',
    'replacedEvents',
    /** The part of these in which several stand side by side. */
    'replacedCuts',
    'replacedCharacters',
    /** How often a piece of one stream ended with one and the next piece began with one, in the middle of an event. */
    'replacedSplits',
  ],
  tallies: [
    /** The places in which they stand, so many for each process; and what surrounds the first. Hostile text. */
    'replacedPlaces',
    'replacedSamples',
  ],
});
type ReplacedFigures = Measured<typeof REPLACED_FIGURES>;

const MAX_PLACES = 20;
/** Several clients may read one event each for itself, at nearly the same time. */
const MAX_REMEMBERED = 16;

export class ReplacedCharacters {
  private readonly figures: ReplacedFigures;
  /** Digests of what was read last. */
  private readonly remembered: string[] = [];
  private reader: object | null = null;

  constructor(measured: ReplacedFigures) {
    this.figures = measured;
  }

  read(data: string): void {
    const { counts, replacedPlaces, replacedSamples } = this.figures;
    counts.eventsRead += 1;
    const found = replacedIn(data);
    if (found === null || this.isRemembered(data)) return;
    counts.replacedEvents += 1;
    counts.replacedCharacters += found.characters;
    if (found.cut) counts.replacedCuts += 1;
    if (replacedPlaces.size < MAX_PLACES || replacedPlaces.has(found.place)) countUp(replacedPlaces, found.place);
    if (replacedSamples.size === 0) countUp(replacedSamples, found.sample);
  }

  /** One stream is enough: others are sent the same. @param reader whose stream it is */
  split(reader: object): void {
    this.reader ??= reader;
    if (reader === this.reader) this.figures.counts.replacedSplits += 1;
  }

  private isRemembered(data: string): boolean {
    const { remembered } = this;
    const digest = createHash('sha1').update(data).digest('base64');
    if (remembered.includes(digest)) return true;
    remembered.push(digest);
    if (remembered.length > MAX_REMEMBERED) remembered.shift();
    return false;
  }
}

/** @param printed how hostile text is made printable */
export function replacedSeen(
  { counts, replacedPlaces, replacedSamples }: ReplacedFigures,
  printed: (text: string) => string,
): ReplacedSeen {
  const [sample = ''] = replacedSamples.keys();
  return {
    events: counts.eventsRead,
    replacedEvents: counts.replacedEvents,
    cutEvents: counts.replacedCuts,
    characters: counts.replacedCharacters,
    places: replacedPlaces.size,
    splits: counts.replacedSplits,
    sample: printed(sample),
  };
}
