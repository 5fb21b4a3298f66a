import type { Locator, Page } from "@playwright/test";
import type { ActorState } from "../server/protocol/actors.ts";
import { expectAccessible } from "./accessibility.ts";
import { ask, increments, send } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

const ENTRIES = 50_000;
const AT = 49_990;
/** The seq of a stock that was filled and from which an order took something. */
const STOCK_SEQ = 3;

test("6. Fork and what-if: another past runs in memory and is saved as a new actor; the original does not change", async ({
  page,
  openWindow,
  server,
  faults,
}) => {
  test.setTimeout(180_000);
  await send(server.url, increments("tried", ENTRIES));
  const before = await newest(server.url, "tried");

  await test.step("without an edit it equals the recorded history", async () => {
    await visit(page, `/actors/counter/tried/time?at=${AT}`);
    await page.keyboard.press("w");
    await expect(page).toHaveURL(/\/time\/what-if\?at=49990$/);
    await expect(page.getByText("No difference from the recorded history.")).toBeVisible();
    await expect(messages(page).getByRole("listitem")).toHaveCount(11);
  });

  await test.step("a form changes a payload; an invalid one blocks; the first divergence is shown", async () => {
    await message(page, "49,993").press("Enter");
    await expect(page).toHaveURL(/\?at=49990&step=49993$/);
    const form = page.getByRole("form", { name: "Payload of increment" });
    await form.getByLabel("by", { exact: true }).fill("-1");
    await form.getByRole("button", { name: "Apply" }).click();
    await expect(form.getByRole("alert").first()).toBeVisible();
    await expect(page.getByText("0 edits, on this page only")).toBeVisible();
    await form.getByLabel("by", { exact: true }).fill("100");
    await expect(form.getByLabel("Payload as JSON")).toHaveValue('{\n  "by": 100\n}');
    await form.getByRole("button", { name: "Apply" }).click();
    await expect(divergence(page)).toHaveText(/49,993.*reply.*recorded 49993.*what-if 50092/);
    await expect(value(page, "Recorded")).toHaveText(/value:\s*49993/);
    await expect(value(page, "What-if")).toHaveText(/value:\s*50092/);
    await page.getByRole("group", { name: "View" }).getByText("Difference").click();
    await expect(page.getByRole("list", { name: "Changes" })).toHaveText(/value.*49993.*50092/);
    await page.getByRole("group", { name: "View" }).getByText("Side by side").click();
  });

  await test.step("a message is skipped, and one is added that needs an effect, which does not run", async () => {
    await page.keyboard.press("]");
    await page.keyboard.press("]");
    await expect(page).toHaveURL(/step=49995$/);
    await page.getByRole("button", { name: "Skip", exact: true }).click();
    await expect(message(page, "49,995")).toContainText("skipped");
    await expect(value(page, "What-if")).toHaveText(/value:\s*50093/);
    await page.getByRole("button", { name: "Add message after this" }).click();
    await page.getByLabel("Command").selectOption("enrich");
    await page.getByRole("form", { name: "Payload of the added enrich" }).getByLabel("symbol").fill("ACME");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByText("No recorded result for effect quote.")).toBeVisible();
    await expect(page.getByText("Stopped here: 5 recorded messages did not run.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save as new actor" })).toBeDisabled();
  });

  await test.step("the effect fails or returns a value, and the what-if continues", async () => {
    const effect = page.getByRole("form", { name: "Effect quote" });
    await effect.getByText("Error", { exact: true }).click();
    await effect.getByLabel("Error message").fill("the exchange is closed");
    await effect.getByRole("button", { name: "Apply" }).click();
    await expect(message(page, "added")).toContainText("threw");
    await effect.getByText("Value", { exact: true }).click();
    await effect.getByLabel("Result as JSON").fill("{");
    await effect.getByRole("button", { name: "Apply" }).click();
    await expect(effect.getByRole("alert")).toBeVisible();
    await effect.getByLabel("Result as JSON").fill('"42.00"');
    await effect.getByRole("button", { name: "Apply" }).click();
    await expect(effect.getByText("given", { exact: true })).toBeVisible();
    await message(page, "50,000").press("Enter");
    await expect(value(page, "What-if")).toHaveText(/value:\s*50098/);
  });

  await test.step("the address shows the seq and the message as recorded", async () => {
    const other = await openWindow();
    await other.goto(`/actors/counter/tried/time/what-if?at=${AT}&step=49993`);
    await expect(other.getByText("No difference from the recorded history.")).toBeVisible();
    await expect(value(other, "What-if")).toHaveText(/value:\s*49993/);
    await other.close();
  });

  await test.step("it is accessible", () =>
    expectAccessible(page, "a what-if", () => page.getByRole("button", { name: "Save as new actor" }).click()));

  await test.step("it is saved under a new key, with its history and its lineage", async () => {
    await page.getByRole("button", { name: "Save as new actor" }).click();
    const dialog = page.getByRole("dialog");
    faults.expect(/\b409\b/);
    await expect(dialog).toContainText("followed by 12 entries of this what-if");
    await expect(dialog).toContainText("recorded, but not sent");
    await dialog.getByLabel("New id").fill("tried");
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await expect(dialog.getByRole("alert")).toContainText("exists already");
    await dialog.getByLabel("New id").fill("otherwise");
    await dialog.getByLabel("New id").press("Enter");
    await expect(page).toHaveURL(/\/actors\/counter\/otherwise\/time$/);
    await expect(page.getByText("Forked from tried at 49,990")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: /forked.*12 entries from a what-if/ })).toBeVisible();
    await page.getByRole("button", { name: "Verify" }).click();
    await expect(page.getByRole("region", { name: "Verification" })).toContainText(
      "current code reproduces this history",
    );
    expect(await ask(server.url, "counter/otherwise", "increment", { by: 2 })).toMatchObject({
      reply: 50_100,
      seq: 14,
    });
    await visit(page, `/actors/counter/tried/time?at=${AT}`);
    await expect(page.getByRole("link", { name: "otherwise" })).toBeVisible();
    expect(await newest(server.url, "tried")).toBe(before);
  });
});

test("messages of a what-if's turn are listed, but not sent", async ({ page, server }) => {
  const lines = [{ sku: "what-if-rope", count: 1 }];
  await ask(server.url, "stock/what-if-rope", "restock", { count: 5 });
  await ask(server.url, "order/what-if", "place", { cart: "c1", lines });
  await expect.poll(() => headOf(server.url, "stock/what-if-rope")).toBe(STOCK_SEQ);
  await page.goto("/actors/order/what-if/time/what-if?at=0&step=1");
  const sends = page.getByRole("list", { name: "Sends" });
  await expect(sends).toContainText("reserve to stock what-if-rope");
  await expect(page.getByText("not sent: this turn comes from a what-if")).toBeVisible();
  expect(await headOf(server.url, "stock/what-if-rope")).toBe(STOCK_SEQ);
});

test("an edit that cannot run is reported, and can be undone or retried", async ({ page, server, faults }) => {
  await send(server.url, increments("unrun", 3));
  await page.goto("/actors/counter/unrun/time/what-if?at=1&step=2");
  await expect(page.getByText("No difference from the recorded history.")).toBeVisible();
  faults.expect(/ERR_FAILED/);
  await page.route("**/what-ifs", (route) => route.abort());
  await page.getByRole("button", { name: "Skip", exact: true }).click();
  const problem = page.getByRole("alert").filter({ hasText: "The what-if could not run." });
  await expect(problem).toContainText("The page shows the previous result.");
  await expect(page.getByRole("button", { name: "Save as new actor" })).toBeDisabled();
  await page.unroute("**/what-ifs");
  await problem.getByRole("button", { name: "Undo edit" }).click();
  await expect(page.getByText("0 edits, on this page only")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save as new actor" })).toBeEnabled();
  await page.getByRole("button", { name: "Skip", exact: true }).click();
  await expect(divergence(page)).toHaveText(/2.*state.*recorded 2.*what-if 1/);
});

const messages = (page: Page): Locator => page.getByRole("list", { name: "Messages" });
const message = (page: Page, seq: string): Locator =>
  messages(page)
    .getByRole("button")
    .filter({ hasText: new RegExp(`^${seq}`) });
const divergence = (page: Page): Locator => page.getByRole("button", { name: /First divergence/ });
const value = (page: Page, side: string): Locator =>
  page.getByRole("region", { name: side, exact: true }).getByRole("treeitem").first();

/** The end of an actor's journal, its state and its checkpoints, from the API. */
async function newest(url: string, key: string): Promise<string> {
  const parts = ["journal?limit=500", "state", "checkpoints"];
  const read = async (part: string) => (await fetch(`${url}/api/actors/counter/${key}/${part}`)).text();
  return (await Promise.all(parts.map(read))).join("\n");
}

async function headOf(url: string, actor: string): Promise<number> {
  const { head } = (await (await fetch(`${url}/api/actors/${actor}/state`)).json()) as ActorState;
  return head;
}
