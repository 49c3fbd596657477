/**
 * "Did you mean ...?" for a mistyped name.
 *
 * @module
 */

/** How many letters must be inserted, removed, replaced or swapped to turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
      );
      if (
        row > 1 && column > 1 && from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1]
      ) {
        current[column] = Math.min(current[column]!, beforeLast[column - 2]! + 1);
      }
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}

/**
 * The known name that is closest to a mistyped one.
 *
 * @param typed The text that was typed.
 * @param known The known names.
 * @returns The closest name, or `undefined` if none is close enough.
 */
export function suggest(typed: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const name of known) {
    // A text whose end is missing is close, however much is missing.
    const distance = typed.length >= 2 && name.startsWith(typed) ? 1 : editDistance(typed, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}
