import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { root, run } from "./process.ts";
import { inTempDir, type Outcome, problemsFound } from "./step.ts";
import { seeds } from "./violations.ts";

const report = z.object({
  diagnostics: z.array(
    z.object({ message: z.string(), category: z.string(), location: z.object({ path: z.string() }) }),
  ),
});
type Diagnostic = z.infer<typeof report>["diagnostics"][number];

/**
 * Checks that the lint rules work: in a project with the same configuration whose files each break one rule, the linter
 * must report exactly that rule for each file. Every rule about layers must be broken at least once.
 */
export async function checkSeeds(): Promise<Outcome> {
  const diagnostics = await inTempDir(lintSeeds);
  const problems = seeds.flatMap(({ file, breaks }) => {
    const reported = diagnostics.filter((d) => d.location.path === file).map(nameOf);
    const same = reported.length === breaks.length && breaks.every((name) => reported.includes(name));
    return same ? [] : [`${file}: expected [${breaks.join(", ")}], reported [${reported.join(", ")}]`];
  });
  const reported = new Set(diagnostics.map((d) => d.message));
  const unbroken = (await layerRules()).filter((message) => !reported.has(message));
  return problemsFound([...problems, ...unbroken.map((message) => `No seed breaks the rule: ${message}`)]);
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

/** The short name of a rule; for the project's own rules, their message. */
function nameOf({ category, message }: Diagnostic): string {
  const own = category === "plugin" || category.endsWith("/noRestrictedImports");
  return own ? message : (category.split("/").at(-1) ?? category);
}

/** The messages of the rules about layers. */
async function layerRules(): Promise<string[]> {
  const text = await readFile(path.join(root, "server/tools/check/rules/layers.grit"), "utf8");
  return [...text.matchAll(/\$message = "(.*)"/g)].map(([, message = ""]) => message);
}
