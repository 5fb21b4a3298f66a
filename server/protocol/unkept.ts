/**
 * Where in `after` the items are that were not kept: they are not in `before`, or stand elsewhere among those that are.
 * As few as possible where no item occurs twice. Items are the same if they are the very same value. O(n log n).
 */
export function unkept(before: readonly unknown[], after: readonly unknown[]): number[] {
  const [start, end] = sharedEnds(before, after);
  const places = placesOf(before, start, before.length - end);
  const middle = Array.from({ length: after.length - end - start }, (_, i) => start + i);
  const known = middle.flatMap((at) => {
    const from = places.get(after[at])?.pop();
    return from === undefined ? [] : [{ at, from }];
  });
  const kept = new Set(longestRise(known).map(({ at }) => at));
  return middle.filter((at) => !kept.has(at));
}

/** How many items both lists begin with, and how many both end with. */
function sharedEnds(before: readonly unknown[], after: readonly unknown[]): [start: number, end: number] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && Object.is(before[start], after[start])) start++;
  let end = 0;
  while (end < most - start && Object.is(before.at(-1 - end), after.at(-1 - end))) end++;
  return [start, end];
}

/** Where each item stands, the last place first. */
function placesOf(items: readonly unknown[], from: number, to: number): Map<unknown, number[]> {
  const places = new Map<unknown, number[]>();
  for (let at = to - 1; at >= from; at--) {
    const own = places.get(items[at]);
    if (own === undefined) places.set(items[at], [at]);
    else own.push(at);
  }
  return places;
}

interface Pair {
  at: number;
  from: number;
}

/** The longest choice of pairs, in their order, whose `from` always rises. */
function longestRise(pairs: readonly Pair[]): Pair[] {
  interface Link {
    pair: Pair;
    before: Link | undefined;
  }
  /** By length less one, the choice of that length that ends lowest. */
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
