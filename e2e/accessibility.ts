import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

const WIDTHS = [390, 1440];
/** The pixels of a screen's height. */
const HEIGHT = 900;
/** The themes, each with the rules to check: only colors depend on the theme, so the first one decides the others. */
export const themes = [
  { theme: "Dark", rules: "all" },
  { theme: "Light", rules: "colors" },
] as const;
type Rules = (typeof themes)[number]["rules"];

/** Selects a theme by its control in the header. */
export async function selectTheme(page: Page, theme: string): Promise<void> {
  await page.getByRole("group", { name: "Theme" }).getByText(theme).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme.toLowerCase());
}

/**
 * Expects no serious violation on a wide screen and on a phone, in either theme, and no page wider than the screen.
 * `dialog` opens one; Escape must close it.
 */
export async function expectAccessible(page: Page, what: string, dialog?: () => Promise<void>): Promise<void> {
  // Fading elements have less contrast.
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const { theme, rules } of themes) {
    await selectTheme(page, theme);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      const where = `${what}, ${theme}, ${width} pixels wide`;
      expect(await violations(page, rules), where).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), where).toBe(width);
      if (dialog === undefined) continue;
      await dialog();
      expect(await violations(page, rules), `${where}, with a dialog`).toEqual([]);
      await page.keyboard.press("Escape");
    }
  }
}

/**
 * The serious and critical accessibility violations that axe finds in a page without frames. It collects nodes of
 * violations only: those that pass are many.
 */
export async function violations(page: Page, rules: Rules): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (colorsOnly) => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const only = colorsOnly ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
    return (await axe.run(document, { resultTypes: ["violations"], ...only })).violations;
  }, rules === "colors");
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join("; ")}`);
}
