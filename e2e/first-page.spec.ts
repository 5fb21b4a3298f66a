import { gzipSync } from "node:zlib";
import type { Page, Response } from "@playwright/test";
import { increments, send, tell } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

/** The limits of the first page: gzipped bytes of JavaScript, and milliseconds until the overview is live. */
const MAX_SCRIPT = 250 * 1024;
const MAX_MS = 2_000;

test("the first page is live within two seconds", async ({ openWindow }) => {
  // Each time with an empty cache; other tests may slow the machine down for a while.
  await expect(async () => {
    const page = await openWindow();
    const startedAt = performance.now();
    await visit(page, "/");
    expect(performance.now() - startedAt).toBeLessThan(MAX_MS);
  }).toPass();
});

test("every first page has less than 250 KB of JavaScript", async ({ openWindow, server }) => {
  await send(server.url, increments("light", 12));
  const messageId = await tell(server.url, "counter/light", "increment");
  const paths = [
    ...["/", "/actors", "/stream", "/types/counter", "/dead-letters", "/dead-letters/all", `/messages/${messageId}`],
    ...["", "?tab=journal&seq=3", "?tab=timeline", "?tab=mailbox", "?tab=checkpoints", "/time"].map(
      (part) => `/actors/counter/light${part}`,
    ),
  ];
  const sizes: Record<string, number> = {};
  for (const path of paths) {
    const page = await openWindow();
    const scripts = scriptsOf(page);
    await visit(page, path);
    const gzipped = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length));
    sizes[path] = gzipped.reduce((sum, size) => sum + size, 0);
  }
  expect(Object.values(sizes).filter((size) => size === 0)).toEqual([]);
  expect(Object.entries(sizes).filter(([, size]) => size >= MAX_SCRIPT)).toEqual([]);
});

/** The scripts that a page loads from now on. */
function scriptsOf(page: Page): Response[] {
  const scripts: Response[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response);
  });
  return scripts;
}
