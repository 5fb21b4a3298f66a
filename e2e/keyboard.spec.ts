import type { Locator, Page } from "@playwright/test";
import { ask, pageOf, send, tell, views } from "./actors.ts";
import { fact, visit } from "./console.ts";
import { expect, test } from "./test.ts";

test("the palette finds pages, actors, messages, and the current actor's tabs and commands", async ({
  page,
  server,
}) => {
  await send(server.url, [...views(["keys", "first"], 1), ...views(["keys", "second"], 1)]);
  const { messageId } = await ask(server.url, "counter/keyed", "increment", { by: 5 });
  await visit(page, "/");

  await find(page, "keys:sec", /user-state.*keys \/ second/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${pageOf(["keys", "second"])}$`));
  await expect(page).toHaveTitle(/^keys \/ second/);

  await find(page, "mailbox", /Show mailbox/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "Mailbox" })).toHaveAttribute("aria-selected", "true");
  await find(page, "setMarketing", /Send setMarketingOptIn/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "setMarketingOptIn", exact: true })).toHaveAttribute(
    "aria-expanded",
    "true",
  );

  await find(page, messageId, /Trace message/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "increment" })).toBeVisible();
  await find(page, "dead", /Dead letters/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Dead letters" })).toBeVisible();
  await type(page, "there is nothing of this name");
  await expect(page.getByText("No results.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("two keys open a page, j and k move through its rows; in inputs they are text", async ({ page, server }) => {
  await tell(server.url, "cart/keys", "checkout");
  await send(server.url, [...views(["walk", "a"], 1), ...views(["walk", "b"], 1), ...views(["walk", "c"], 1)]);
  await visit(page, "/actors?q=walk");
  const rows = page.getByRole("region", { name: "Actors" }).getByRole("link");
  await expect(rows).toHaveCount(3);
  const focused: [key: string, row: number][] = [
    ["j", 0],
    ["j", 1],
    ["j", 2],
    ["j", 2],
    ["k", 1],
  ];
  for (const [key, row] of focused) {
    await page.keyboard.press(key);
    await expect(rows.nth(row)).toBeFocused();
  }
  const name = await rows.nth(1).textContent();
  await page.keyboard.press("Enter");
  await expect(page).toHaveTitle(new RegExp(`^${name}`));
  await expect(fact(page, "Revision")).toHaveText("1");

  for (const [letter, heading] of [
    ["d", "Dead letters"],
    ["o", "Overview"],
    ["s", "Stream"],
    ["a", "Actors"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }
  await expect(page.getByRole("searchbox")).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("gd?jk");
  await expect(page.getByRole("searchbox")).toHaveValue("gd?jk");
  await expect(page).toHaveURL(/\/actors/);
});

test("the key sheet opens and closes", async ({ page }) => {
  await visit(page, "/");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("Dead letters");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page, "shortcuts do not work under a dialog").toHaveURL(/\/$/);
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
});

/** Types into the palette until the selected option matches. */
async function find(page: Page, text: string, chosen: RegExp): Promise<void> {
  await type(page, text);
  await expect(options(page).and(page.locator("[aria-selected=true]"))).toHaveText(chosen);
}

async function type(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill(text);
}

function options(page: Page): Locator {
  return page.getByRole("dialog", { name: "Find" }).getByRole("option");
}
