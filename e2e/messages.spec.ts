import type { Locator, Page } from "@playwright/test";
import type { Trace } from "../server/protocol/messages.ts";
import { ask, tell } from "./actors.ts";
import { openForm, visit } from "./console.ts";
import { expect, test } from "./test.ts";

const articles = ["tent", "rope", "lamp", "stove"];

/** Orders a cart with all articles; resolves with the first message once all messages are done. */
async function checkout(url: string, cart: string): Promise<string> {
  for (const sku of articles) {
    await ask(url, `stock/${sku}`, "restock", { count: 5 });
    await ask(url, `cart/${cart}`, "add", { sku });
  }
  const { messageId } = await ask(url, `cart/${cart}`, "checkout");
  await expect
    .poll(async () => (await trace(url, messageId)).messages.at(-1)?.status, { message: "the last one is done" })
    .toBe("done");
  await expect.poll(async () => (await trace(url, messageId)).messages.length).toBe(2 + 3 * articles.length + 1);
  return messageId;
}

test("9. One message, traced", async ({ page, server }) => {
  const messageId = await checkout(server.url, "followed");
  const { messages } = await trace(server.url, messageId);

  await test.step("across six actors, from the first message", async () => {
    await visit(page, `/messages/${messageId}`);
    await expect(page.getByRole("heading", { name: "checkout" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Sequence" })).toContainText("15 messages, 6 actors");
    await expect(arrows(page)).toHaveCount(15);
    for (const sku of articles) {
      await expect(arrow(page, `reserve from order .* to stock ${sku}: done`)).toHaveCount(1);
    }
  });

  await test.step("each arrow opens both entries, and they are in the address", async () => {
    await arrow(page, "reserve from order .* to stock tent").getByText("reserve").click();
    const ends = page.getByRole("region", { name: "Both ends of reserve" });
    await expect(end(ends, "Sent by").getByRole("heading", { name: "Entry 1" })).toBeVisible();
    await expect(end(ends, "Sent by")).toContainText("place");
    await expect(end(ends, "Processed by").getByRole("heading", { name: "Entry 2" })).toBeVisible();
    await expect(end(ends, "Processed by")).toContainText("reserve");
    await page.reload();
    await expect(end(ends, "Processed by").getByRole("heading", { name: "Entry 2" })).toBeVisible();
    await end(ends, "Processed by").getByRole("button", { name: "Open in journal" }).click();
    await expect(page).toHaveURL(/\/actors\/stock\/tent\?tab=journal&seq=2$/);
    await expect(page.getByRole("region", { name: "Entry 2" })).toContainText("reserve");
  });

  await test.step("from any of them, and by the keyboard", async () => {
    await page
      .getByRole("region", { name: "Entry 2" })
      .getByRole("link", { name: /^Trace message/ })
      .click();
    await expect(page.getByRole("heading", { name: "reserve" })).toBeVisible();
    await expect(arrows(page)).toHaveCount(15);
    await arrow(page, "ordered from order .* to cart followed").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("region", { name: "Both ends of ordered" })).toContainText("has no journal");
    const last = messages.find(({ command }) => command === "ordered");
    await visit(page, `/messages/${last?.messageId}`);
    await expect(page.getByRole("region", { name: "Envelope" })).toContainText("revision");
    await expect(arrows(page)).toHaveCount(15);
  });

  await test.step("queued, running and waiting look different", async () => {
    // Without a quote service it runs, fails, and waits for its next attempt.
    const failing = await tell(server.url, "counter/followed", "enrich", { symbol: "ACME" });
    const behind = await tell(server.url, "counter/followed", "increment");
    await expect.poll(async () => (await trace(server.url, failing)).message.attempts).toBeGreaterThan(0);
    await visit(page, `/messages/${failing}`);
    const drawn = (kind: string) => page.locator(`[data-stretch=${kind}]`);
    await expect(drawn("queued")).toHaveCount(1);
    await expect(drawn("running").first()).toBeAttached();
    await expect(drawn("waiting").first()).toBeAttached();
    await expect(page.getByRole("region", { name: "Envelope" })).toContainText("EffectFailed");
    await visit(page, `/messages/${behind}`);
    await expect(arrow(page, "increment from external to counter followed: waiting")).toBeVisible();
    await expect(drawn("queued")).toHaveCount(1);
    await expect(drawn("running")).toHaveCount(0);
  });
});

test("a command's outcome links to its message; an unknown message has a page that says so", async ({ page }) => {
  await visit(page, "/actors/counter/linked");
  const form = await openForm(page, "increment");
  await form.getByRole("button", { name: "Send increment" }).click();
  await form.getByRole("link", { name: /^Trace message/ }).click();
  await expect(page.getByRole("heading", { name: "increment" })).toBeVisible();
  await expect(arrow(page, "increment from external to counter linked: done")).toBeVisible();
  await page.goto("/messages/0f9d4fd2-8f4c-4f3c-9b0e-3c1f5a6b7c8d");
  await expect(page.getByText("No record of this message.")).toBeVisible();
});

function arrows(page: Page): Locator {
  return page.getByRole("region", { name: "Diagram" }).getByRole("link", { name: /: \w/ });
}

function arrow(page: Page, name: string): Locator {
  return page.getByRole("region", { name: "Diagram" }).getByRole("link", { name: new RegExp(name) });
}

function end(ends: Locator, name: string): Locator {
  return ends.getByRole("region", { name, exact: true });
}

async function trace(url: string, id: string): Promise<Trace> {
  const response = await fetch(`${url}/api/messages/${id}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Trace;
}
