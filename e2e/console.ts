import { expect, type Locator, type Page } from "@playwright/test";

/** Opens a page of the console and waits until all of it is there and live. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(connection(page)).toHaveText(/Live$/);
  await expect(page.locator("main [aria-busy=true]"), "what still loads").toHaveCount(0);
}

/** What the page says about its connection. */
export function connection(page: Page): Locator {
  return page.getByRole("banner").getByRole("status");
}

/** What the page told once, in a corner. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.getByRole("region", { name: /^Notifications/ }).getByText(text);
}

/** One of the facts that an actor's page has under its name. */
export function fact(page: Page, name: string): Locator {
  return page.getByRole("term").getByText(name, { exact: true }).locator("xpath=following-sibling::dd");
}

/** Where an actor is in its life, as its page has it: a glyph and a word. */
export function lifecycle(page: Page, word: string): Locator {
  return page.getByRole("main").getByText(new RegExp(`^.${word}$`));
}

/** A member of the state and its value, as the page shows them. */
export function member(page: Page, text: string | RegExp): Locator {
  return page.getByRole("tree", { name: "State" }).getByRole("treeitem", { name: text });
}

/** The form of a command or query, opened, with what came of sending it. */
export async function openForm(page: Page, operation: string): Promise<Locator> {
  const header = page.getByRole("button", { name: operation, exact: true });
  if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  await expect(header).toHaveAttribute("aria-expanded", "true");
  return page.getByRole("form", { name: operation, exact: true });
}
