import { expect, type Locator, type Page } from "@playwright/test";

/** Opens a page of the console and waits until it is loaded and live. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(connection(page)).toHaveText(/Live$/);
  await expect(page.locator("main [aria-busy=true]"), "loading elements").toHaveCount(0);
}

/** The connection state of the page. */
export function connection(page: Page): Locator {
  return page.getByRole("banner").getByRole("status");
}

/** A toast. */
export function toast(page: Page, text: string | RegExp): Locator {
  return page.getByRole("region", { name: /^Notifications/ }).getByText(text);
}

/** A fact in the header of an actor's page. */
export function fact(page: Page, name: string): Locator {
  return page.getByRole("term").getByText(name, { exact: true }).locator("xpath=following-sibling::dd");
}

/** The lifecycle badge of an actor's page: a glyph and a word. */
export function lifecycle(page: Page, word: string): Locator {
  return page.getByRole("main").getByText(new RegExp(`^.${word}$`));
}

/** A member of the state and its value. */
export function member(page: Page, text: string | RegExp): Locator {
  return page.getByRole("tree", { name: "State" }).getByRole("treeitem", { name: text });
}

/** Opens the form of a command or query; it contains the outcome too. */
export async function openForm(page: Page, operation: string): Promise<Locator> {
  const header = page.getByRole("button", { name: operation, exact: true });
  if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  await expect(header).toHaveAttribute("aria-expanded", "true");
  return page.getByRole("form", { name: operation, exact: true });
}
