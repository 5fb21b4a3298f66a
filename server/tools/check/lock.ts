import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { root } from "./process.ts";
import { type Outcome, verdict } from "./step.ts";

const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

/**
 * Whether every optional dependency that the lock names is in it. npm leaves out those that the registry does not have
 * for some platform, and `npm ci` then fails there.
 */
export async function checkLock(): Promise<Outcome> {
  const { packages } = lockFile.parse(JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8")));
  const problems = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !lookups(place, name).some((lookup) => lookup in packages))
      .map((name) => `package-lock.json: ${place || "the project"} wants ${name}, which is not in the lock.`),
  );
  return verdict(problems);
}

/** Where Node would look for `name` from a package at `place`: in the package itself, then further out. */
function lookups(place: string, name: string): string[] {
  const folders = place === "" ? [] : place.split("/node_modules/");
  const parents = folders.map((_, i) => `${folders.slice(0, i + 1).join("/node_modules/")}/`);
  return ["", ...parents].map((parent) => `${parent}node_modules/${name}`);
}
