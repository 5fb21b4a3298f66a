import type { Locator, Page } from "@playwright/test";
import { send, type UserCommand } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

// A separate server: actors that other tests left with retries would displace the users in memory.
test.use({ serverEnv: { MAX_ACTIVE_ACTORS: "50" } });

const mall = "list-mall";
const users = Array.from({ length: 120 }, (_, i) => `u${String(i).padStart(3, "0")}`);

test.beforeAll(async ({ server }) => {
  const commands = users.map((user): UserCommand => ({ key: [mall, user], command: "userLogin" }));
  // Half as many at a time as fit into memory, so that none is refused.
  for (let i = 0; i < commands.length; i += 25) await send(server.url, commands.slice(i, i + 25));
});

test("120 actors are paged forwards and backwards, each once, and a page has an address", async ({
  page,
  openWindow,
}) => {
  await visit(page, `/actors?q=${mall}`);
  const pages: string[][] = [];
  const addresses: string[] = [];
  for (const size of [50, 50, 20]) {
    pages.push(await shown(page, size));
    addresses.push(page.url());
    if (pages.length < 3) await turn(page, "Next");
  }
  expect(pages.flat().toSorted()).toEqual(users.map((user) => `${mall} / ${user}`));
  await expect(page.getByRole("button", { name: "Next" })).toBeDisabled();

  await turn(page, "Previous");
  await expect(rows(page)).toHaveText(pages[1]!);
  await turn(page, "Previous");
  await expect(rows(page)).toHaveText(pages[0]!);
  await expect(page.getByRole("button", { name: "Previous" })).toBeDisabled();
  await page.goBack();
  await expect(page).toHaveURL(addresses[1]!);
  await expect(rows(page)).toHaveText(pages[1]!);

  const fresh = await openWindow();
  await visit(fresh, addresses[2]!);
  await expect(rows(fresh)).toHaveText(pages[2]!);
  await expect(fresh.getByRole("searchbox", { name: "Search keys" })).toHaveValue(mall);
  await turn(fresh, "First page");
  await expect(rows(fresh)).toHaveText(pages[0]!);
});

test("the search covers all keys on the server, not only the current page", async ({ page, openWindow }) => {
  await visit(page, "/actors");
  const search = page.getByRole("searchbox", { name: "Search keys" });
  await search.pressSequentially("LIST-MALL:u00");
  expect((await shown(page, 10)).toSorted()).toEqual(users.slice(0, 10).map((user) => `${mall} / ${user}`));
  await expect(page).toHaveURL(/[?&]q=LIST-MALL(:|%3A)u00$/);

  const fresh = await openWindow();
  await visit(fresh, page.url());
  expect((await shown(fresh, 10)).toSorted()).toEqual((await shown(page, 10)).toSorted());

  await search.fill("list-mall:nobody");
  await expect(page.getByText("No matches.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(search).toHaveValue("");
  await shown(page, 50);
});

test("filters by type and status narrow the list, and are in its address", async ({ page, openWindow }) => {
  await visit(page, `/actors?q=${mall}`);
  await choose(page, "Type", "user-state");
  await choose(page, "Status", "active");
  await expect(page).toHaveURL(/[?&]type=user-state/);
  await expect(page).toHaveURL(/[?&]status=active/);
  const active = await shown(page, 50);
  expect(active.toSorted()).toEqual(users.slice(-50).map((user) => `${mall} / ${user}`));
  await expect(page.getByRole("row").filter({ hasText: "passivated" })).toHaveCount(0);

  await choose(page, "Status", "passivated");
  const passivated = [...(await shown(page, 50))];
  await turn(page, "Next");
  passivated.push(...(await shown(page, 20)));
  expect(passivated.toSorted()).toEqual(users.slice(0, 70).map((user) => `${mall} / ${user}`));

  const fresh = await openWindow();
  await visit(fresh, page.url());
  await expect(rows(fresh)).toHaveText(passivated.slice(50));
  await expect(fresh.getByRole("combobox", { name: "Status" })).toContainText("passivated");
  await expect(fresh.getByRole("combobox", { name: "Type" })).toContainText("user-state");
});

test("the list is sorted by its column headers, and counts the actors of each type and status", async ({
  page,
  openWindow,
}) => {
  await visit(page, `/actors?q=${mall}`);
  const all = users.map((user) => `${mall} / ${user}`);
  await asked(page, () => page.getByRole("columnheader").getByRole("button", { name: "Key" }).click());
  await expect(rows(page)).toHaveText(all.slice(0, 50));
  await turn(page, "Next");
  await expect(rows(page)).toHaveText(all.slice(50, 100));

  const fresh = await openWindow();
  await visit(fresh, page.url());
  await expect(rows(fresh)).toHaveText(all.slice(50, 100));
  await expect(fresh.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", "ascending");

  await asked(page, () => page.getByRole("columnheader").getByRole("button", { name: "Key" }).click());
  await expect(rows(page)).toHaveText(all.toReversed().slice(0, 50));
  await asked(page, () => page.getByRole("columnheader").getByRole("button", { name: "Created" }).click());
  await expect(rows(page)).toHaveCount(50);
  await expect(page.getByText("50 actors, newest first, as of")).toBeVisible();

  await page.getByRole("combobox", { name: "Type" }).click();
  await expect(page.getByRole("option", { name: "user-state" })).toHaveText("user-state120");
  await expect(page.getByRole("option", { name: "counter" })).toHaveText("counter0");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Status" }).click();
  await expect(page.getByRole("option", { name: "passivated 70" })).toBeVisible();
  await expect(page.getByRole("option", { name: "active 50" })).toBeVisible();
});

/** The keys of the list's rows. */
function rows(page: Page): Locator {
  return page.getByRole("region", { name: "Actors" }).getByRole("link");
}

/** The keys of the rows, once there are `count`. */
async function shown(page: Page, count: number): Promise<string[]> {
  await expect(rows(page)).toHaveCount(count);
  return rows(page).allTextContents();
}

/** Goes to another page of the list, and waits for it. */
async function turn(page: Page, button: "Next" | "Previous" | "First page"): Promise<void> {
  await asked(page, () => page.getByRole("button", { name: button }).click());
}

/** Sets a filter of the list, and waits for the result. */
async function choose(page: Page, filter: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: filter }).click();
  await asked(page, () => page.getByRole("option", { name: option }).click());
  await expect(page.getByRole("combobox", { name: filter })).toContainText(option);
}

/** Runs an action that changes the list's address, and waits for the new list. */
async function asked(page: Page, act: () => Promise<void>): Promise<void> {
  const before = page.url();
  await act();
  await expect(page).not.toHaveURL(before);
  await expect(page.getByRole("region", { name: "Actors" })).toHaveAttribute("aria-busy", "false");
}
