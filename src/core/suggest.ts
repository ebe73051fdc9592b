/**
 * "Did you mean …?": the known word nearest to a mistyped one.
 * Distance counts insertions, deletions and exchanges (Levenshtein, one row of the table at a time).
 */

/** Longer texts are no typing mistakes, and the cost is the product of the lengths. */
const MAX_LENGTH = 40;

/** @param mostEdits how far away a word may be; by default a third of its length. @returns null when none is near enough */
export function closest(
  word: string,
  candidates: Iterable<string>,
  mostEdits = Math.max(1, Math.floor(word.length / 3)),
): string | null {
  if (word.length > MAX_LENGTH) return null;
  const wanted = word.toLowerCase().replaceAll('_', '-');
  let best: string | null = null;
  let bestDistance = 1 + mostEdits;
  for (const candidate of candidates) {
    const distance = distanceBetween(wanted, candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

function distanceBetween(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const exchange = (previous[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(exchange, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[right.length] as number;
}
