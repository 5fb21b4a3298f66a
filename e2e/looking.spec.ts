import type { Page } from "@playwright/test";
import { query } from "../server/testing/database/sql.ts";
import { read, send, tell, views } from "./actors.ts";
import { lifecycle, visit } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

/** All tables except those that a leader writes to by itself. */
const TABLES = ["actor", "commit", "durable_state", "entry", "checkpoint", "mailbox", "dead_letter"];
const OTHERS = ["redrive", "reminder", "tombstone", "reply"];

test("1. It looks without touching: every page and tab for a passivated actor, and nothing is written", async ({
  page,
  server,
  database,
}) => {
  for (let i = 0; i < 12; i++) await tell(server.url, "counter/sleeper", "increment");
  await tell(server.url, "cart/sleeper", "checkout");
  await send(server.url, views(["sleeper", "user"], 3));
  await expect.poll(async () => (await api(server.url, "counter/sleeper")).head).toBe(12);
  await expect.poll(async () => (await letters(server.url)).length).toBe(1);
  // A restart passivates all actors and flushes the statistics of the writes so far.
  await server.stop();
  await server.start();
  await expect.poll(async () => (await api(server.url, "counter/sleeper")).lifecycle).toBe("passivated");
  const { items } = await api(server.url, "counter/sleeper/journal");
  const before = await everything(server.url, database.url);

  await lookAt(page, "/actors/counter/sleeper", ["Journal", "Timeline", "Mailbox", "Checkpoints", "State"]);
  await lookAt(page, "/actors/user-state/sleeper:user", ["Journal", "Timeline", "Mailbox", "Checkpoints", "State"]);
  await visit(page, "/actors/user-state/sleeper:user/time?at=2&vs=1");
  await visit(page, "/actors/counter/sleeper/time?at=5&vs=9");
  await page.goto("/actors/counter/sleeper/time/what-if?at=5");
  await expect(page.getByText("No difference from the recorded history.")).toBeVisible();
  await visit(page, "/actors/counter/sleeper?tab=journal&seq=3");
  await expect(page.getByRole("heading", { name: "Entry 3" })).toBeVisible();
  for (const path of ["/", "/actors?q=sleeper", "/stream", "/dead-letters", "/dead-letters/all?type=cart"]) {
    await visit(page, path);
  }
  await page.goto(`/messages/${items[0].body.messageId}`);
  await expect(page.getByRole("main")).toContainText("increment");
  for (const part of ["", "/state", "/state?at=5", "/journal", "/checkpoints", "/mailbox", "/reminders"]) {
    await api(server.url, `counter/sleeper${part}`);
  }
  expect(await everything(server.url, database.url)).toEqual(before);
});

/** Opens an actor's page and each of its tabs. */
async function lookAt(page: Page, path: string, tabs: readonly string[]): Promise<void> {
  await visit(page, path);
  for (const name of tabs) {
    await page.getByRole("tab", { name }).click();
    await expect(page.getByRole("tab", { name })).toHaveAttribute("aria-selected", "true");
    await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
  }
  await expect(lifecycle(page, "passivated")).toBeVisible();
}

/** The API's view of the actors, the number of writes to each table, and the version of each row. */
async function everything(url: string, database: string) {
  const tables = [...TABLES, ...OTHERS];
  const versions = tables.map(
    (table) =>
      `SELECT '${table}' AS name, md5(string_agg(xmin::text || ctid::text, ',' ORDER BY ctid)) FROM "${table}"`,
  );
  return {
    actors: [await api(url, "counter/sleeper"), await read(url, ["sleeper", "user"])],
    rows: await query(database, versions.join(" UNION ALL ")),
    writes: await query(
      database,
      `SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
       WHERE relname = ANY ($1) ORDER BY relname`,
      [tables],
    ),
  };
}

async function api(url: string, path: string) {
  const response = await fetch(`${url}/api/actors/${path}`);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function letters(url: string): Promise<unknown[]> {
  const { items } = await (await fetch(`${url}/api/dead-letters?type=cart&key=sleeper`)).json();
  return items;
}
