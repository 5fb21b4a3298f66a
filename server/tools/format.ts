/** A number with its thousands separated: `20,000`. */
export function formatNumber(n: number): string {
  return n.toLocaleString("en-US");
}

/** A count and its noun: `1 entry`, `20,000 entries`. */
export function formatCount(n: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(n)} ${n === 1 ? noun : plural}`;
}
