import type { Locator, Page } from "@playwright/test";
import type { DeadLetterGroup } from "../server/protocol/mail.ts";
import { tellAll } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

// The default limit of actors in memory: with few, each of thousands would wait for another to be passivated.
test.use({ serverEnv: {} });

const lamp = { sku: "lamp", count: 1 };
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Sends 2,000 messages that fail permanently, with three causes; resolves when all are dead letters. */
async function failures(url: string): Promise<void> {
  await tellAll(url, [
    ...names("empty", 400).map((key) => ({ type: "cart", key: [key], command: "checkout" })),
    ...names("twice", 1_000).flatMap((key) => {
      const message = { type: "order", key: [key], command: "place", payload: { cart: "nobody", lines: [lamp] } };
      return [message, message];
    }),
    ...names("double", 600).map((key) => {
      return { type: "order", key: [key], command: "place", payload: { cart: "nobody", lines: [lamp, lamp] } };
    }),
  ]);
  const dead = async () => (await groups(url)).reduce((sum, { count }) => sum + count, 0);
  await expect.poll(dead, { timeout: 60_000 }).toBe(2_000);
}

test("8. Dead letters in groups", async ({ page, server }) => {
  test.setTimeout(120_000);
  await failures(server.url);

  await test.step("2,000 failures with three causes are three groups", async () => {
    await visit(page, "/dead-letters");
    await expect(rows(page)).toHaveText([
      /^1,000.*the order was placed before.*place/,
      /^600.*an article stands in two lines.*place/,
      /^400.*the cart is empty.*checkout/,
    ]);
    await rows(page).last().getByRole("link").click();
    await expect(page).toHaveURL(/\/dead-letters\/[0-9a-f]{16}$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dead letters of one cause");
    await expect(letters(page)).toHaveCount(50);
  });

  await test.step("a trial fails again, and the others stay", async () => {
    await page.getByRole("button", { name: "Redrive group" }).click();
    await expect(job(page)).toContainText("Stopped: the trial failed; 399 left untouched.");
    await expect(job(page), "the latest error").toContainText("the cart is empty");
    await expect.poll(async () => (await groups(server.url))[2]?.count).toBe(400);
    // It failed last, so it is the newest; its attempts add up.
    await expect(letters(page).first()).toContainText("2 attempts");
    await expect(letters(page).nth(1)).toContainText("1 attempt");
  });

  await test.step("once the cause is fixed all follow; later failures are not touched", async () => {
    await tellAll(
      server.url,
      names("empty", 400).map((key) => ({ type: "cart", key: [key], command: "add", payload: { sku: "lamp" } })),
    );
    await page.getByRole("button", { name: "Redrive group" }).click();
    await expect(page).toHaveURL(/job=/);
    await tellAll(
      server.url,
      names("later", 7).map((key) => ({ type: "cart", key: [key], command: "checkout" })),
    );
    await expect(job(page)).toContainText("Done: 400 of 400 dead letters redriven.", {
      timeout: 60_000,
    });
    await expect.poll(async () => (await groups(server.url)).map(({ count }) => count)).toEqual([1_000, 600, 7]);
    await visit(page, "/dead-letters");
    await expect(rows(page)).toHaveCount(3);
    const jobs = page.getByRole("region", { name: "Redrives" }).getByRole("listitem");
    await expect(jobs).toHaveText([/^✓ Done400 of 400/, /^✕ Stopped/]);
  });
});

function rows(page: Page): Locator {
  return page.getByRole("region", { name: "Groups" }).getByRole("listitem");
}

function letters(page: Page): Locator {
  return page.getByRole("region", { name: "Dead letters" }).getByRole("listitem");
}

function job(page: Page): Locator {
  return page.getByRole("region", { name: "Redrive", exact: true });
}

async function groups(url: string): Promise<DeadLetterGroup[]> {
  return ((await (await fetch(`${url}/api/dead-letters/groups`)).json()) as { items: DeadLetterGroup[] }).items;
}
