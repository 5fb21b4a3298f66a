import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

/** What the first page may cost: bytes of JavaScript, gzipped, and milliseconds until it is live. */
const MAX_SCRIPT = 250 * 1024;
const MAX_MS = 2_000;

test("the first page has less than 250 KB of JavaScript, and is live within two seconds", async ({ openWindow }) => {
  const first = await openWindow();
  const scripts = scriptsOf(first);
  await visit(first, "/");
  const sizes = await Promise.all(scripts.map(async (script) => gzipSync(await script).length));
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_SCRIPT);

  // Each time with an empty cache; the tests beside this one may take the machine for a while.
  await expect(async () => {
    const page = await openWindow();
    const begun = performance.now();
    await visit(page, "/");
    expect(performance.now() - begun).toBeLessThan(MAX_MS);
  }).toPass();
});

/** The scripts that a page loads from now on, as they come. */
function scriptsOf(page: Page): Promise<Buffer>[] {
  const scripts: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response.body());
  });
  return scripts;
}
