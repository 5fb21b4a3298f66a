import type { Page } from "@playwright/test";
import { increments, send, tell, views } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

// No other test has this environment, so these tests have their own server and count only their own actors.
test.use({ serverEnv: { MAX_ACTIVE_ACTORS: "40" } });

test("the overview has a cell per actor, the top errors, and the recent recoveries", async ({ page, server }) => {
  await send(server.url, [...increments("first", 3), ...views(["overview", "user"], 1)]);
  await visit(page, "/");
  await expect(map(page, "counter")).toHaveAccessibleName(/^counter: 1 cell: 1 active\./);
  await expect(page.getByText("No dead letters.")).toBeVisible();

  await test.step("new and passivated actors are drawn live", async () => {
    // Memory holds 40 actors.
    for (let i = 0; i < 60; i += 20) {
      await send(server.url, Array.from({ length: 20 }, (_, n) => increments(`many${i + n}`, 1)).flat());
    }
    await expect(map(page, "counter")).toHaveAccessibleName(/^counter: 61 cells: 21 passivated, 40 active\./);
    await expect(map(page, "user-state")).toHaveAccessibleName(/^user-state: 1 cell: 1 passivated\./);
  });

  await test.step("recoveries are listed with their duration", async () => {
    await send(server.url, increments("many0", 1));
    const recoveries = page.getByRole("region", { name: "Recent recoveries" });
    await expect(recoveries.getByRole("listitem").first()).toHaveText(
      /counter many0.*(1 entry|checkpoint 1, 0 entries)/,
    );
  });

  await test.step("dead letters are grouped by error", async () => {
    await Promise.all(["a", "b", "c"].map((cart) => tell(server.url, `cart/${cart}`, "checkout")));
    const group = page.getByRole("region", { name: "Top errors" }).getByRole("listitem");
    await expect(group).toHaveText(/^3/);
    await group.getByRole("link").click();
    await expect(page).toHaveURL(/\/dead-letters/);
  });

  await test.step("a cell links to its actor", async () => {
    await visit(page, "/");
    const cells = map(page, "counter");
    await cells.hover({ position: { x: 4, y: 4 } });
    await expect(page.getByText("first", { exact: true })).toBeVisible();
    await cells.click({ position: { x: 4, y: 4 } });
    await expect(page).toHaveURL(/\/actors\/counter\/first$/);
  });
});

test("a type's page has its commands with schemas, rates and latencies, and its recoveries", async ({
  page,
  server,
}) => {
  await visit(page, "/");
  await send(server.url, increments("typed", 5));
  await page
    .getByRole("region", { name: "Actors by type" })
    .getByRole("link", { name: "counter", exact: true })
    .click();
  await expect(page).toHaveURL(/\/types\/counter$/);
  const command = page.getByRole("region", { name: "Commands" }).getByRole("listitem").filter({ hasText: "increment" });
  await expect(command).toContainText(/\d+ run/);
  const before = Number((await command.textContent())?.match(/(\d+) run/)?.[1]);
  await send(server.url, increments("typed", 7));
  await expect(command).toContainText(`${before + 7} run`);
  await expect(command.getByRole("img", { name: /^Latency of increment: p50 ≤/ })).toBeVisible();
  await command.getByText("Schema", { exact: true }).click();
  await expect(command).toContainText('"exclusiveMinimum": 0');
  await expect(page.getByRole("region", { name: "Recovery" })).toContainText("p95");
  await page.getByRole("link", { name: "Live events of this type" }).click();
  await expect(page).toHaveURL(/\/stream\?type=counter$/);
});

function map(page: Page, type: string) {
  return page.getByRole("region", { name: "Actors by lifecycle" }).getByRole("img", { name: new RegExp(`^${type}:`) });
}
