/** The value below which the given part (0 to 1) of the values lies. They must be sorted, and not be none. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}

/** The averages of figures that were measured in parts, all in the same parts. */
export function averages<Name extends string>(parts: readonly Partial<Record<Name, number>>[]) {
  const names = Object.keys(parts[0] ?? {}) as Name[];
  const average = (name: Name) => parts.reduce((sum, part) => sum + (part[name] ?? 0), 0) / parts.length;
  return Object.fromEntries(names.map((name) => [name, average(name)])) as Partial<Record<Name, number>>;
}

/** What several runs gave: the middle one, and the least and the most. */
export interface Summary {
  median: number;
  least: number;
  most: number;
}

/** Sums runs up. There must be at least one. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[middle - 1] as number, sorted[middle] as number];
  return {
    median: sorted.length % 2 === 0 ? (below + above) / 2 : above,
    least: sorted[0] as number,
    most: sorted.at(-1) as number,
  };
}
