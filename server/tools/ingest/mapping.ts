import { access } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CommandLine } from "../../protocol/commands.ts";
import { UsageError } from "../command-line.ts";

/**
 * The commands of a record, in the order to apply them, or why it has none. A command needs no `id`: its idempotency key
 * is derived from the file and the line.
 */
export type Mapped = readonly CommandLine[] | { reject: string };

/** A record's fields by column name, as in the file's first line. */
export type CsvRow<Columns extends string = string> = Readonly<Record<Columns, string>>;

/** Maps the records of a CSV file to commands. */
export interface Mapping<Columns extends string = string> {
  /** The columns that it reads. A file without one of them is refused. */
  readonly columns: readonly Columns[];
  /** Called once per file. The returned function is called with its records in file order, and may hold state. */
  readonly begin: () => (row: CsvRow<Columns>) => Mapped;
}

/** Defines a mapping, the default export of a `--map` module. */
export function defineMapping<const Columns extends string>(mapping: Mapping<Columns>): Mapping<Columns> {
  return mapping;
}

/** Rejects a record. */
export function reject(reason: string): Mapped {
  return { reject: reason };
}

/**
 * Loads a mapping: one in `maps/` by its name, or a module by its path.
 * @param cwd the directory that a path is relative to
 * @throws UsageError when there is no such file, or its default export is not a mapping
 */
export async function loadMapping(name: string, cwd: string): Promise<Mapping> {
  const file = /^[a-z0-9-]+$/.test(name)
    ? path.join(import.meta.dirname, "maps", `${name}.ts`)
    : path.resolve(cwd, name);
  await access(file).catch(() => {
    throw new UsageError(`There is no mapping at ${file}.`);
  });
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (isMapping(loaded.default)) return loaded.default;
  throw new UsageError(`The default export of ${file} is no mapping: see defineMapping.`);
}

function isMapping(value: unknown): value is Mapping {
  if (typeof value !== "object" || value === null) return false;
  return "columns" in value && Array.isArray(value.columns) && "begin" in value && typeof value.begin === "function";
}
