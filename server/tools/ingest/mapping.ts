import { access } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CommandLine } from "../../protocol/commands.ts";
import { UsageError } from "./errors.ts";

/**
 * What a record becomes: commands in the order in which they are to be applied, or why it becomes none. A command needs
 * no `id`: its idempotency key comes from the file and the line.
 */
export type Mapped = readonly CommandLine[] | { reject: string };

/** A record of a file by the names of its columns, which are in the file's first line. */
export type CsvRow<Columns extends string = string> = Readonly<Record<Columns, string>>;

/** How the records of a CSV file become commands. */
export interface Mapping<Columns extends string = string> {
  /** The columns that it reads; a file that lacks one is refused. */
  readonly columns: readonly Columns[];
  /** Begins a file: the function that maps its records, in file order, and may remember what it needs. */
  readonly begin: () => (row: CsvRow<Columns>) => Mapped;
}

/** Defines a mapping: the default export of a module that `--map` names. */
export function defineMapping<const Columns extends string>(mapping: Mapping<Columns>): Mapping<Columns> {
  return mapping;
}

/** Says that a record becomes no command, and why. */
export function reject(reason: string): Mapped {
  return { reject: reason };
}

/**
 * Loads the mapping that `--map` names: one that ships, by its name, or a module, by its path.
 * @param cwd what a path is relative to
 * @throws UsageError when there is none, or the module has no mapping as its default export
 */
export async function loadMapping(name: string, cwd: string): Promise<Mapping> {
  const file = /^[a-z0-9-]+$/.test(name)
    ? path.join(import.meta.dirname, "maps", `${name}.ts`)
    : path.resolve(cwd, name);
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!there) throw new UsageError(`There is no mapping at ${file}.`);
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (isMapping(loaded.default)) return loaded.default;
  throw new UsageError(`${file} has no mapping as its default export: see defineMapping.`);
}

function isMapping(value: unknown): value is Mapping {
  if (typeof value !== "object" || value === null) return false;
  return "columns" in value && Array.isArray(value.columns) && "begin" in value && typeof value.begin === "function";
}
