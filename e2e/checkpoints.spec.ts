import { query } from "../server/testing/database/sql.ts";
import { pageOf, send, views } from "./actors.ts";
import { fact, member, visit } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

const ENTRIES = 7_500;

test("time travel offers to write checkpoints if none is nearby, and says where a pruned history starts", async ({
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
  await expect(offer.getByRole("status")).toHaveText("No checkpoint nearby: this state took a fold of 7,400 entries.");
  await offer.getByRole("button", { name: "Write checkpoints" }).click();
  await expect(offer.getByRole("status")).toHaveText("7 checkpoints written. States now load from the nearest one.");
  await expect(page.getByRole("img", { name: /^Journal from seq 1: 7 checkpoints/ })).toBeVisible();

  const older = await fetch(`${server.url}/api${pageOf(key)}/journal?below=3001`, { method: "DELETE" });
  expect(await older.json()).toEqual({ pruned: 3_000 });
  await visit(page, `${pageOf(key)}/time?at=1`);
  await expect(page.getByText("History starts at seq 3,001: earlier entries were pruned.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "State at 3,000" })).toBeVisible();
  await expect(member(page, /0: "p3000"$/)).toBeVisible();
  await page.keyboard.press("]");
  await expect(member(page, /0: "p3001"$/)).toBeVisible();
  await expect(offer).toHaveCount(0);
});

test("a history that starts later than its actor says so, and starts with the actor's state", async ({
  page,
  server,
  database,
}) => {
  const key = ["older", "user"];
  await send(server.url, views(key, 3));
  await fetch(`${server.url}/api${pageOf(key)}/passivate`, { method: "POST" });
  // As if its type had no history until now.
  await query(database.url, "DELETE FROM entry USING actor a WHERE a.id = actor_id AND a.key = 'older:user'");
  await visit(page, `${pageOf(key)}?tab=journal`);
  await expect(page.getByText("No history yet.")).toBeVisible();
  await send(server.url, views(key, 1));
  await expect(page.getByRole("row").filter({ hasText: /adopted.*adopted at revision 3/ })).toBeVisible();
  await expect(fact(page, "Revision")).toHaveText("4 · seq 2");
  await page.getByRole("link", { name: "Time travel" }).click();
  await expect(page.getByText("History starts later than the actor, because its type had none before.")).toBeVisible();
  await page.keyboard.press("[");
  await expect(page.getByText("The state at revision 3.")).toBeVisible();
  const state = page.getByRole("region", { name: "State", exact: true });
  await expect(state.getByRole("treeitem", { name: /0: "p3"$/ })).toBeVisible();
});
