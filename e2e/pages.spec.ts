import type { Page } from "@playwright/test";
import { selectTheme, themes, violations } from "./accessibility.ts";
import { ask, pageOf, send, tell, views } from "./actors.ts";
import { fact, openForm, visit } from "./console.ts";
import { expect, test } from "./test.ts";

// Fading elements have less contrast.
test.use({ contextOptions: { reducedMotion: "reduce" } });

const key = ["pages", `a user with a long name ${"0123456789".repeat(10)}`];
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

interface Shown {
  name: string;
  path: string;
  /** Sets up temporary state. */
  prepare?: (url: string) => Promise<void>;
  open: (page: Page) => Promise<void>;
}

/** The pages, each with everything expanded. */
const pages: readonly Shown[] = [
  { name: "the overview", path: "/", open: async () => undefined },
  { name: "the list of actors", path: "/actors?q=pages", open: openDialog },
  { name: "an actor", path: pageOf(key), open: useForms },
  { name: "a timeline", path: "/actors/counter/stuck?tab=timeline", prepare: holdUp("stuck"), open: askToErase },
  { name: "a mailbox", path: "/actors/counter/held?tab=mailbox", prepare: holdUp("held"), open: openRow },
  { name: "a message", path: "/messages/", open: openArrow },
  { name: "a type", path: "/types/counter", open: openSchema },
  { name: "the stream", path: "/stream?type=counter", open: async () => undefined },
  { name: "the list of dead letters", path: "/dead-letters/all?type=cart", open: openRow },
  { name: "the palette", path: "/actors?q=pages", open: openPalette },
  { name: "the key sheet", path: "/dead-letters", open: openKeys },
  { name: "the groups of dead letters", path: "/dead-letters", open: async () => undefined },
];

/** The id of a message that causes others. */
let ordering = "";

test.beforeAll(async ({ server }) => {
  await send(server.url, [...views(key, 5), ...views(["pages", "other"], 2)]);
  await ask(server.url, "cart/ordering", "add", { sku: "a lamp that is not there" });
  ordering = (await ask(server.url, "cart/ordering", "checkout")).messageId;
  for (const cart of ["a", "b"]) await tell(server.url, `cart/pages_${cart}${"0123456789".repeat(9)}`, "checkout");
});

for (const { name, path, prepare, open } of pages) {
  test(`${name} is accessible in dark and light, and fits a wide screen and a phone`, async ({ page, server }) => {
    await prepare?.(server.url);
    await page.setViewportSize(wide);
    await visit(page, path === "/messages/" ? path + ordering : path);
    for (const { theme, rules } of themes) {
      await selectTheme(page, theme);
      await page.setViewportSize(wide);
      expect(await violations(page, rules), theme).toEqual([]);
      await expect.poll(() => page.evaluate(overflow), "elements wider than the page").toEqual([]);
      await page.setViewportSize(phone);
      await expect.poll(() => page.evaluate(overflow), "elements wider than the phone").toEqual([]);
      await open(page);
      expect(await violations(page, rules), `${theme}, with all of it open, on a phone`).toEqual([]);
      await expect.poll(() => page.evaluate(overflow), "elements wider than the page").toEqual([]);
      await page.keyboard.press("Escape");
    }
  });
}

test("screen readers announce the new page", async ({ page }) => {
  const announced = page.locator("next-route-announcer").getByRole("alert");
  await visit(page, "/");
  await page.getByRole("link", { name: "Actors", exact: true }).click();
  await expect(announced).toHaveText(/^Actors/);
  await page.getByRole("link", { name: "pages / other" }).click();
  await expect(announced).toHaveText(/^pages \/ other/);
});

test("a page runs only the scripts of its server", async ({ page, server, faults }) => {
  faults.expect(/Content Security Policy/);
  await visit(page, "/");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.ran = 'yes'";
    document.body.append(script);
    return document.documentElement.dataset.ran;
  });
  expect(ran).toBeUndefined();
  const policies = await Promise.all(
    [1, 2].map(async () => (await fetch(server.url)).headers.get("content-security-policy")),
  );
  for (const policy of policies) expect(policy).toMatch(/script-src 'self' 'nonce-[^' ]{24}';/);
  expect(policies[0], "the nonce of another answer").not.toBe(policies[1]);
});

/** Opens two forms; sends an invalid command and a valid query. */
async function useForms(page: Page): Promise<void> {
  const command = await openForm(page, "viewProduct");
  await command.getByRole("button", { name: "Send viewProduct" }).click();
  await expect(command.getByLabel("productId")).toHaveAccessibleDescription("Required.");
  const query = await openForm(page, "getUserState");
  await query.getByRole("button", { name: "Run getUserState" }).click();
  await expect(query.getByText("Answer", { exact: true })).toBeVisible();
  await expect(fact(page, "Revision")).toHaveText("5");
}

/** Blocks a counter for about a minute: without a quote service its message fails until it becomes a dead letter. */
function holdUp(counter: string) {
  return async (url: string) => {
    await tell(url, `counter/${counter}`, "enrich", { symbol: "ACME" });
    await tell(url, `counter/${counter}`, "increment");
  };
}

/** Opens the first row, and one below it. */
async function openRow(page: Page): Promise<void> {
  for (const row of [0, 1])
    await page
      .locator("summary", { hasText: /enrich|increment|checkout/ })
      .nth(row)
      .click();
}

/** Opens the palette with something of each kind in it. */
async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("pages");
  await expect(page.getByRole("option", { name: /pages \/ other/ })).toBeVisible();
}

async function openKeys(page: Page): Promise<void> {
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
}

/** Opens both ends of a message. */
async function openArrow(page: Page): Promise<void> {
  await page
    .getByRole("link", { name: /^place from cart/ })
    .getByText("place")
    .click();
  await expect(page.getByRole("region", { name: "Processed by" }).getByRole("heading")).toBeVisible();
}

async function askToErase(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Erase…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
}

async function openSchema(page: Page): Promise<void> {
  await page.getByText("Schema").first().click();
}

async function openDialog(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open by key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toHaveCount(2);
}

/** In the page: elements that make it scroll to the side, if it does. */
function overflow(): string[] {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wider = [...document.querySelectorAll("main *, header *")].filter(
    (element) => element.getBoundingClientRect().right > clientWidth,
  );
  return [`the page is ${scrollWidth} pixels wide`, ...wider.map((element) => element.outerHTML.slice(0, 200))];
}
