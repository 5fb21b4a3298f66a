import type { Page } from "@playwright/test";
import { pageOf, send, tell, views } from "./actors.ts";
import { connection, fact, member, openForm, visit } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

test("a database that is down is an error, never an empty list, and its return is noticed", async ({
  page,
  openWindow,
  server,
  database,
  faults,
}) => {
  // A page may be reading when the database goes.
  faults.expect(/\b503\b/);
  const [known, other] = [
    ["database", "known"],
    ["database", "other"],
  ];
  await send(server.url, [...views(known, 3), ...views(other, 1)]);
  await visit(page, "/actors?q=database");
  const list = page.getByRole("region", { name: "Actors" });
  await expect(list.getByRole("link")).toHaveCount(2);
  const overview = await openWindow();
  await visit(overview, "/");
  const actor = await openWindow();
  await visit(actor, pageOf(known));

  database.down();
  await expect(overview.getByText(/^.?The database has not answered since \d\d:\d\d:\d\d/)).toBeVisible();

  await test.step("the list says so, and shows its rows with their time", async () => {
    await page.getByRole("button", { name: "Refresh" }).click();
    const problem = page.getByRole("alert").filter({ hasText: "Could not read the list: unavailable" });
    await expect(problem).toContainText(/The rows below were read at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\./);
    await expect(list.getByRole("link")).toHaveCount(2);
    await expect(page.getByText("No actors yet.")).toHaveCount(0);
    await expect(page.getByText("No matches.")).toHaveCount(0);
  });

  await test.step("the page of an actor that could not be read says so", async () => {
    await page.goto(pageOf(other));
    await expect(connection(page)).toHaveText(/Not live since \d\d:\d\d:\d\d$/);
    await expect(page.getByRole("alert").filter({ hasText: "Could not read the actor: unavailable" })).toBeVisible();
    const state = page.getByRole("region", { name: "State" });
    await expect(state).toContainText("State unavailable.");
    await expect(state).not.toContainText("Nothing committed yet.");
  });

  await test.step("an open actor page shows the last state, and a command waits for the database", async () => {
    await expect(member(actor, '0: "p3"')).toBeVisible();
    const form = await openForm(actor, "viewProduct");
    await form.getByLabel("productId").fill("patient");
    await form.getByRole("button", { name: "Send viewProduct" }).click();
    await expect(form.getByRole("button", { name: "Waiting for reply…" })).toBeDisabled();
    await expect(fact(actor, "Revision")).toHaveText("3");
  });

  database.up();
  await test.step("all pages recover by themselves", async () => {
    await expect(actor.getByRole("region", { name: "Commands" })).toContainText("revision 4 ·");
    await expect(member(actor, '0: "patient"')).toBeVisible();
    await expect(member(page, '0: "p1"')).toBeVisible();
    await expect(connection(page)).toHaveText(/Live$/);
    await expect(page.getByRole("alert").filter({ hasText: "Could not read" })).toHaveCount(0);
    await expect(overview.getByText(/^.?Healthy, /)).toBeVisible();
  });
});

test("an open actor page says that the database does not answer, and so does each tab opened then", async ({
  page,
  server,
  database,
  faults,
}) => {
  faults.expect(/\b503\b/);
  for (const by of [1, 2, 4]) await tell(server.url, "counter/open", "increment", { by });
  await visit(page, "/actors/counter/open");
  await expect(member(page, "value: 7")).toBeVisible();

  database.down();
  const down = page.getByRole("alert").filter({ hasText: "The database does not answer." });
  await expect(down).toContainText(/Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*This page shows the last known state/);
  await expect(down.getByRole("button", { name: "Retry" })).toBeVisible();
  await expect(member(page, "value: 7")).toBeVisible();
  await expect(fact(page, "Head seq")).toHaveText("3");
  const problem = page.getByRole("alert").filter({ hasText: "Could not read" });
  for (const [tab, empty] of [
    ["Journal", "No entries"],
    ["Timeline", "No complete messages"],
    ["Mailbox", "is empty"],
  ] as const) {
    await page.getByRole("tab", { name: tab }).click();
    await expect(problem.first()).toContainText("Retrying automatically.");
    await expect(page.getByText(empty)).toHaveCount(0);
  }
  await page.getByRole("tab", { name: "Timeline" }).click();

  database.up();
  await expect(page.getByRole("region", { name: "Timeline" }).getByText("increment", { exact: true })).toHaveCount(3);
  for (const alert of [down, problem]) await expect(alert).toHaveCount(0);
  await page.getByRole("tab", { name: "Mailbox" }).click();
  await expect(page.getByText("The mailbox is empty.")).toBeVisible();
});

test("a list that could not be read recovers by itself, with earlier rows or without", async ({
  page,
  openWindow,
  server,
  database,
}) => {
  await send(server.url, views(["database", "again"], 1));
  const open = await openWindow();
  await visit(open, "/actors?q=again");
  database.down();
  await open.getByRole("button", { name: "Refresh" }).click();
  await expect(open.getByRole("alert").filter({ hasText: "The rows below were read at" })).toBeVisible();
  await visit(page, "/actors?q=again");
  await expect(page.getByRole("alert").filter({ hasText: "Could not read the list: unavailable" })).toBeVisible();
  await expect(page.getByText(/No actors yet|No matches/)).toHaveCount(0);

  database.up();
  for (const window of [page, open]) {
    await expect(window.getByRole("alert").filter({ hasText: "Could not read" })).toHaveCount(0);
    await expect(window.getByRole("region", { name: "Actors" }).getByRole("link")).toHaveText(["database / again"]);
  }
});

test("unreadable dead letters and mailboxes are errors, never empty, and recover by themselves", async ({
  page,
  openWindow,
  server,
  database,
  faults,
}) => {
  faults.expect(/\b503\b/);
  await tell(server.url, "cart/database", "checkout");
  const [fresh, actor] = [await openWindow(), await openWindow()];
  const letters = (window: Page) => window.getByRole("region", { name: "Dead letters" }).getByRole("listitem");
  await expect(async () => {
    await visit(page, "/dead-letters/all");
    await expect(letters(page)).toHaveText([/checkout/], { timeout: 500 });
  }).toPass();
  await visit(actor, "/actors/cart/database");

  database.down();
  await page.getByRole("button", { name: "Refresh" }).click();
  const problem = (window: Page) => window.getByRole("alert").filter({ hasText: "Could not read" });
  await expect(problem(page)).toContainText(/The rows below were read at \d{4}-/);
  await expect(letters(page)).toHaveCount(1);
  await fresh.goto("/dead-letters/all");
  await expect(problem(fresh)).toContainText("Could not read the dead letters: unavailable");
  await expect(fresh.getByText("No dead letters")).toHaveCount(0);
  await actor.getByRole("tab", { name: "Mailbox" }).click();
  await expect(problem(actor)).toHaveText([/Could not read the mailbox/, /Could not read the reminders/]);
  await expect(actor.getByText(/is empty|No reminders/)).toHaveCount(0);

  database.up();
  for (const window of [page, fresh, actor]) await expect(problem(window)).toHaveCount(0);
  for (const window of [page, fresh]) await expect(letters(window)).toHaveText([/checkout/]);
  await expect(actor.getByText("The mailbox is empty.")).toBeVisible();
});
