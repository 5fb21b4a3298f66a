import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { root, run } from "./process.ts";
import { inTempDir, type Outcome, verdict } from "./step.ts";

/** Whether the generated migrations are whole, and make the tables that the schema has now. */
export async function checkMigrations(): Promise<Outcome> {
  const whole = await run("drizzle-kit", ["check"]);
  if (!whole.ok) return verdict([whole.output]);
  return inTempDir(async (directory) => {
    const committed = path.join(root, "drizzle/migrations");
    await cp(committed, directory, { recursive: true });
    const generated = await run("drizzle-kit", [
      "generate",
      "--dialect=postgresql",
      "--schema=drizzle/*.ts",
      `--out=${path.relative(root, directory)}`,
    ]);
    if (!generated.ok) return verdict([generated.output]);
    const known = new Set(await readdir(committed));
    const missing = (await readdir(directory)).filter((file) => !known.has(file));
    return verdict(missing.map((file) => `The schema has changed: \`npm run migration\` would make ${file}.`));
  });
}
