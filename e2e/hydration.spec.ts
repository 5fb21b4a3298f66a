import type { Page } from "@playwright/test";
import { send, views } from "./actors.ts";
import { connection } from "./console.ts";
import { test } from "./database.ts";
import { expect } from "./test.ts";

for (const colorScheme of ["dark", "light"] as const) {
  for (const theme of ["dark", "light"]) {
    test(`a streamed page is rendered once, by the server: system ${colorScheme}, theme ${theme}`, async ({
      page,
      server,
      database,
    }) => {
      await send(server.url, views(["hydration", "a"], 1));
      await page.emulateMedia({ colorScheme });
      await page.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
      const made = await countMade(page, "search");

      // The frame of the page works before its content arrives.
      database.pause();
      await page.goto("/actors?q=hydration", { waitUntil: "commit" });
      await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
      await expect(connection(page)).toHaveText(/Connected$/);
      database.resume();

      await expect(page.getByRole("link", { name: "hydration / a" })).toBeVisible();
      await expect(connection(page)).toHaveText(/Live$/);
      expect(await made()).toBe(1);
    });
  }
}

/** Counts all elements that ever match a selector: the one in the HTML, and any that a script creates instead. */
async function countMade(page: Page, selector: string): Promise<() => Promise<number>> {
  await page.addInitScript((wanted) => {
    const made = new Set<Element>();
    Object.assign(window, { made });
    new MutationObserver(() => {
      for (const element of document.querySelectorAll(wanted)) made.add(element);
    }).observe(document, { childList: true, subtree: true });
  }, selector);
  return () => page.evaluate(() => (window as { made?: Set<Element> }).made?.size ?? 0);
}
