import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { root, run } from "./process.ts";
import { inTempDir, type Outcome, verdict } from "./step.ts";
import { seeds } from "./violations.ts";

const report = z.object({
  diagnostics: z.array(
    z.object({ message: z.string(), category: z.string(), location: z.object({ path: z.string() }) }),
  ),
});
type Diagnostic = z.infer<typeof report>["diagnostics"][number];

/**
 * Whether the rules bite: a project with the same configuration, where each file breaks one rule, must be told exactly
 * that of each file. Every rule about layers must be among those broken.
 */
export async function checkSeeds(): Promise<Outcome> {
  const diagnostics = await inTempDir(lintSeeds);
  const problems = seeds.flatMap(({ file, breaks }) => {
    const told = diagnostics.filter((d) => d.location.path === file).map(nameOf);
    const same = told.length === breaks.length && breaks.every((name) => told.includes(name));
    return same ? [] : [`${file}: expected [${breaks.join(", ")}], told [${told.join(", ")}]`];
  });
  const told = new Set(diagnostics.map((d) => d.message));
  const untold = (await layerRules()).filter((message) => !told.has(message));
  return verdict([...problems, ...untold.map((message) => `No seeded violation breaks the rule: ${message}`)]);
}

async function lintSeeds(directory: string): Promise<Diagnostic[]> {
  for (const file of ["biome.json", "package.json", ".gitignore", "server/tools/check/rules"]) {
    await cp(path.join(root, file), path.join(directory, file), { recursive: true });
  }
  for (const { file, code } of seeds) {
    await mkdir(path.join(directory, path.dirname(file)), { recursive: true });
    await writeFile(path.join(directory, file), code);
  }
  await run("biome", ["lint", "--reporter=json", "--reporter-file=report.json", "--max-diagnostics=none"], {
    cwd: directory,
  });
  return report.parse(JSON.parse(await readFile(path.join(directory, "report.json"), "utf8"))).diagnostics;
}

/** A rule's short name; for our own rules, their message. */
function nameOf({ category, message }: Diagnostic): string {
  const own = category === "plugin" || category.endsWith("/noRestrictedImports");
  return own ? message : (category.split("/").at(-1) ?? category);
}

/** The message of each rule about layers. */
async function layerRules(): Promise<string[]> {
  const text = await readFile(path.join(root, "server/tools/check/rules/layers.grit"), "utf8");
  return [...text.matchAll(/\$message = "(.*)"/g)].map(([, message = ""]) => message);
}
