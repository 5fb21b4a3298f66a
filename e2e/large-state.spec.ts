import type { Page } from "@playwright/test";
import { query } from "../server/testing/database/sql.ts";
import { fact, toast, visit } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** The max length of a task on the page's main thread, in milliseconds. */
const MAX_TASK_MS = 200;
/** The number of members of the large state, each of 36 bytes: more than ten megabytes in total. */
const MEMBERS = 300_000;

test("a state of ten megabytes is opened, browsed, searched and copied without a long task", async ({
  page,
  server,
  database,
}) => {
  await makeLarge(database.url, "large");
  await page.addInitScript(watchLongTasks);
  await visit(page, "/actors/cart/large");
  const state = page.getByRole("region", { name: "State" });
  const tree = state.getByRole("tree", { name: "State" });
  const row = (name: string | RegExp) => tree.getByRole("treeitem", { name });
  await expect(fact(page, "Revision")).toHaveText("1");
  await expect(state).toContainText(/revision 1 · 1\d\.\d MB/);

  await row(/^items: \{300000\}/).click();
  await expect(row(/^sku-000000-x+ … sku-000999-x+$/)).toBeVisible();
  await tree.press("End");
  await expect(row("last: null")).toBeVisible();
  await expect(row(/^sku-299000-x+ … sku-299999-x+$/)).toBeVisible();
  await row(/^sku-299000-x+ … sku-299999-x+$/).click();
  await expect(row(/^sku-299000-x+: /)).toBeVisible();

  await state.getByRole("searchbox").fill("SKU-123456");
  await expect(row(/^sku-123456-/)).toBeVisible();
  await expect(state.getByRole("search").getByRole("status")).toHaveText("1 of 1");
  await state.getByRole("searchbox").fill("77");
  await expect(state.getByRole("search").getByRole("status")).toHaveText("1 of 1,000 or more");
  await state.getByRole("searchbox").press("Shift+Enter");
  await expect(state.getByRole("search").getByRole("status")).toHaveText("1,000 of 1,000 or more");
  await state.getByRole("searchbox").fill("sku-123456");
  await expect(row(/^sku-123456-/)).toBeVisible();

  await row(/^sku-123456-/).click();
  await tree.press("p");
  await expect(toast(page, "Path copied.")).toBeVisible();
  expect(await clipboard(page)).toMatch(/^items\["sku-123456-.*"\]$/);
  await tree.press("c");
  await expect(toast(page, "Value copied.")).toBeVisible();
  expect(await clipboard(page)).toBe("123456");
  await state.getByRole("button", { name: "Copy state" }).click();
  await expect(toast(page, "State copied.")).toBeVisible();

  expect(await page.locator("[role=treeitem]").count(), "rows in the page").toBeLessThan(100);
  const { longest, seen } = await page.evaluate(() => (window as unknown as Watched).watched);
  expect(seen, "whether long tasks are observed").toBe(true);
  expect(longest, "the longest task, in milliseconds").toBeLessThan(MAX_TASK_MS);
  await page.goto("about:blank");
  expect((await (await fetch(`${server.url}/api/actors/cart/large`)).json()).lifecycle).toBe("passivated");
});

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Inserts an actor with a large state into the store. */
async function makeLarge(url: string, key: string): Promise<void> {
  await query(
    url,
    `WITH made AS (
       INSERT INTO actor (type, key, created_at, last_active_at) VALUES ('cart', $1, now(), now()) RETURNING id
     ), large AS (
       SELECT json_build_object('items', json_object_agg('sku-' || lpad(n::text, 6, '0') || '-' || repeat('x', 12), n),
         'order', null, 'last', null)::text AS state FROM generate_series(0, $2::int - 1) AS n
     )
     INSERT INTO durable_state (actor_id, revision, state, version, last_change, updated_at, lane, batch)
     SELECT id, 1, state::json, 1, '{"command":"add","messageId":"m","at":"2026-01-01T00:00:00.000Z","paths":[],"more":false}',
       now(), 0, 0 FROM made, large`,
    [key, MEMBERS],
  );
}

interface Watched {
  watched: { longest: number; seen: boolean };
}

/** In the page: records the longest task from the first script on. */
function watchLongTasks(): void {
  const watched = { longest: 0, seen: PerformanceObserver.supportedEntryTypes.includes("longtask") };
  (window as unknown as Watched).watched = watched;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longest = Math.max(watched.longest, duration);
  }).observe({ type: "longtask", buffered: true });
}
