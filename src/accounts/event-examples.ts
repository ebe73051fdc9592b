/**
 * The examples of a run: one event for each defect and load process, as keys of a tally, so that processes merge in any
 * order and the same one is shown whatever the order was.
 */
import { type EventExample, type ExampleOf } from '../findings/event-example.ts';

export type Example = Omit<EventExample, 'what'>;

/** Undefined where there is none that is sure. */
export type EventExamples = Partial<Record<ExampleOf, Example | undefined>>;

/** Takes the place of what was noted before: an event that came after all is no example any more. */
export function noteExamples(
  tally: Map<string, number>,
  examples: EventExamples,
  counts: Readonly<Record<ExampleOf, number>>,
): void {
  tally.clear();
  for (const what of Object.keys(examples) as ExampleOf[]) {
    const example = examples[what];
    if (example !== undefined && counts[what] > 0) tally.set(JSON.stringify([what, example.event, example.behind]), 1);
  }
}

/** @returns the first by its number or its text; null where no process has one */
export function exampleIn(tally: ReadonlyMap<string, number>, asked: ExampleOf): EventExample | null {
  const [first] = [...tally.keys()].filter((key) => key.startsWith(`["${asked}",`)).toSorted(inOrder);
  if (first === undefined) return null;
  const [what, event, behind] = JSON.parse(first) as [ExampleOf, string, string | null];
  return { what, event, behind };
}

/** By their numbers; what differs in nothing that a collation sees is ordered all the same. */
function inOrder(one: string, other: string): number {
  return COLLATOR.compare(one, other) || (one < other ? -1 : 1);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
