import { query } from "../server/testing/database/sql.ts";
import { pageOf, send, views } from "./actors.ts";
import { fact, member, visit } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

const ENTRIES = 7_500;

test("where no checkpoint is near the time page has some written; of what was pruned it says where the rest begins", async ({
  page,
  server,
  database,
}) => {
  const key = ["far", "user"];
  await send(server.url, views(key, ENTRIES));
  await query(
    database.url,
    "DELETE FROM checkpoint USING actor WHERE id = actor_id AND type = 'user-state' AND key = 'far:user'",
  );
  await visit(page, `${pageOf(key)}/time?at=7400`);
  await expect(member(page, /0: "p7400"$/)).toBeVisible();
  const offer = page.getByRole("region", { name: "Checkpoints" });
  await expect(offer.getByRole("status")).toHaveText(
    "No checkpoint is near: to make a state, 7,400 entries were folded.",
  );
  await offer.getByRole("button", { name: "Write checkpoints" }).click();
  await expect(offer.getByRole("status")).toHaveText(
    "7 checkpoints written. From now on states are made from the nearest.",
  );
  await expect(page.getByRole("img", { name: /^The journal from 1 on: 7 checkpoints/ })).toBeVisible();

  const older = await fetch(`${server.url}/api${pageOf(key)}/journal?below=3001`, { method: "DELETE" });
  expect(await older.json()).toEqual({ pruned: 3_000 });
  await visit(page, `${pageOf(key)}/time?at=1`);
  await expect(page.getByText("History begins at seq 3,001: what came before was pruned.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "State at 3,000" })).toBeVisible();
  await expect(member(page, /0: "p3000"$/)).toBeVisible();
  await page.keyboard.press("]");
  await expect(member(page, /0: "p3001"$/)).toBeVisible();
  await expect(offer).toHaveCount(0);
});

test("a history that begins later than its actor says so, and with what the actor was", async ({
  page,
  server,
  database,
}) => {
  const key = ["older", "user"];
  await send(server.url, views(key, 3));
  await fetch(`${server.url}/api${pageOf(key)}/passivate`, { method: "POST" });
  // As if its type had kept none until now.
  await query(database.url, "DELETE FROM entry USING actor a WHERE a.id = actor_id AND a.key = 'older:user'");
  await visit(page, `${pageOf(key)}?tab=journal`);
  await expect(page.getByText("Its history has not begun.")).toBeVisible();
  await send(server.url, views(key, 1));
  await expect(page.getByRole("row").filter({ hasText: /adopted.*as it was at revision 3/ })).toBeVisible();
  await expect(fact(page, "Revision")).toHaveText("4 · seq 2");
  await page.getByRole("link", { name: "Over time" }).click();
  await expect(page.getByText("History begins later than the actor: its type kept none before.")).toBeVisible();
  await page.keyboard.press("[");
  await expect(page.getByText("What it was at revision 3.")).toBeVisible();
  const state = page.getByRole("region", { name: "State", exact: true });
  await expect(state.getByRole("treeitem", { name: /0: "p3"$/ })).toBeVisible();
});
