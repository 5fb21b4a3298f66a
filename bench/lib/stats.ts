/** A quantile (0 to 1) of sorted values. There must be at least one. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}

/** The average of each figure over all parts of a measurement. */
export function averages<Name extends string>(parts: readonly Partial<Record<Name, number>>[]) {
  const names = Object.keys(parts[0] ?? {}) as Name[];
  const average = (name: Name) => parts.reduce((sum, part) => sum + (part[name] ?? 0), 0) / parts.length;
  return Object.fromEntries(names.map((name) => [name, average(name)])) as Partial<Record<Name, number>>;
}

/** A figure over several runs. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** Summarizes values. There must be at least one. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[middle - 1] as number, sorted[middle] as number];
  return {
    median: sorted.length % 2 === 0 ? (below + above) / 2 : above,
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
  };
}
