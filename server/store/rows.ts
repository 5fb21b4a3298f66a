import type { Address } from "../runtime/ports/ids.ts";

/** Puts each row at position `n`, counted from 1, of a list of `length` items; null where there is no row. */
export function positioned<R extends { n: number }, T>(
  length: number,
  rows: readonly R[],
  toItem: (row: R) => T,
): (T | null)[] {
  const items = new Array<T | null>(length).fill(null);
  for (const row of rows) items[row.n - 1] = toItem(row);
  return items;
}

/** Parses a nullable JSON column, which arrives as text. */
export function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** Addresses as two array parameters. */
export function addressColumns(addresses: readonly Address[]): [types: string[], keys: string[]] {
  return [addresses.map((address) => address.type), addresses.map((address) => address.keyText)];
}
