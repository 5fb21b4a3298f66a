/**
 * The indexes in `after` of items that are missing from `before`, or moved relative to the items that stayed. The
 * result is the smallest possible if no item occurs twice. Items are compared by identity. O(n log n).
 */
export function addedOrMoved(before: readonly unknown[], after: readonly unknown[]): number[] {
  const [start, end] = sharedEnds(before, after);
  const indexes = indexesOf(before, start, before.length - end);
  const middle = Array.from({ length: after.length - end - start }, (_, i) => start + i);
  const known = middle.flatMap((at) => {
    const from = indexes.get(after[at])?.pop();
    return from === undefined ? [] : [{ at, from }];
  });
  const stayed = new Set(longestRise(known).map(({ at }) => at));
  return middle.filter((at) => !stayed.has(at));
}

/** The lengths of the common prefix and suffix. */
function sharedEnds(before: readonly unknown[], after: readonly unknown[]): [start: number, end: number] {
  const max = Math.min(before.length, after.length);
  let start = 0;
  while (start < max && Object.is(before[start], after[start])) start++;
  let end = 0;
  while (end < max - start && Object.is(before.at(-1 - end), after.at(-1 - end))) end++;
  return [start, end];
}

/** The indexes of each item, highest first. */
function indexesOf(items: readonly unknown[], from: number, to: number): Map<unknown, number[]> {
  const indexes = new Map<unknown, number[]>();
  for (let at = to - 1; at >= from; at--) {
    const own = indexes.get(items[at]);
    if (own === undefined) indexes.set(items[at], [at]);
    else own.push(at);
  }
  return indexes;
}

interface Pair {
  at: number;
  from: number;
}

/** The longest subsequence of pairs whose `from` increases. */
function longestRise(pairs: readonly Pair[]): Pair[] {
  interface Link {
    pair: Pair;
    before: Link | undefined;
  }
  /** For each length minus one: the subsequence of that length with the lowest last `from`. */
  const lowest: Link[] = [];
  for (const pair of pairs) {
    let [low, high] = [0, lowest.length];
    while (low < high) {
      const half = (low + high) >> 1;
      if ((lowest[half] as Link).pair.from < pair.from) low = half + 1;
      else high = half;
    }
    lowest[low] = { pair, before: lowest[low - 1] };
  }
  const rise: Pair[] = [];
  for (let link = lowest.at(-1); link !== undefined; link = link.before) rise.push(link.pair);
  return rise;
}
