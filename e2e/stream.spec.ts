import type { Locator, Page } from "@playwright/test";
import { increments, send, tell, views } from "./actors.ts";
import { connection, toast, visit } from "./console.ts";
import { unreachable } from "./faults.ts";
import { expect, test } from "./test.ts";

test("events appear as they happen, and the filters are in the address", async ({ page, openWindow, server }) => {
  await visit(page, "/stream");
  await send(server.url, [...increments("seen", 1), ...views(["seen", "user"], 1)]);
  await tell(server.url, "cart/seen", "checkout");
  await expect(rows(page).filter({ hasText: /turn.*counter seen.*increment/s })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: /state.*seen \/ user.*viewProduct/s })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: /activating.*counter seen/s })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: /dead letter.*cart seen.*checkout/s })).toHaveCount(1);

  await page.getByRole("combobox", { name: "Type" }).click();
  await page.getByRole("option", { name: "counter" }).click();
  await page.getByRole("searchbox", { name: "Actor" }).fill("seen");
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "turn" }).click();
  await expect(page).toHaveURL(/\?type=counter&(?=.*actor=seen)(?=.*kind=turn)/);
  await send(server.url, [...increments("other", 2), ...increments("seen", 1)]);
  await expect(heads(page)).toHaveText(["2", "1"]);

  const fresh = await openWindow();
  await visit(fresh, page.url());
  await expect(heads(fresh)).toHaveText(["2", "1"]);
  await rows(fresh).first().getByRole("link").click();
  await expect(fresh).toHaveURL(/\/actors\/counter\/seen\?tab=journal&seq=2$/);
});

test("a paused or scrolled stream counts new events exactly, and loses none", async ({ page, server }) => {
  await visit(page, "/stream?type=counter&actor=paused&kind=turn");
  await send(server.url, increments("paused", 40));
  await expect(rows(page).first()).toContainText("40");
  await page.getByRole("button", { name: "Pause" }).click();
  await send(server.url, increments("paused", 150));
  const news = page.getByRole("button", { name: "new event" });
  await expect(news).toHaveText("↑ 150 new events");
  await send(server.url, increments("paused", 1));
  await expect(news).toHaveText("↑ 151 new events");
  await expect(rows(page).first()).toContainText("40");
  await news.click();
  await expect(page.getByText("191 events loaded")).toBeVisible();
  expect(await allHeads(page)).toEqual(Array.from({ length: 191 }, (_, i) => 191 - i));

  await expect(page.getByText("Paused while you browse.")).toBeVisible();
  await send(server.url, increments("paused", 3));
  await expect(news).toHaveText("↑ 3 new events");
  await news.click();
  await expect(rows(page).first()).toContainText("194");
});

test("a page that was offline gets the events it missed, from the journals", async ({
  page,
  context,
  server,
  faults,
}) => {
  await visit(page, "/stream?type=counter&actor=away&kind=turn");
  await send(server.url, increments("away", 2));
  await expect(heads(page)).toHaveText(["2", "1"]);
  faults.expect(unreachable);
  await context.setOffline(true);
  await expect(connection(page)).toContainText("Reconnecting since");
  await send(server.url, increments("away", 500));
  await context.setOffline(false);
  await expect(toast(page, /^Back after .*: 500 events\.$/)).toHaveCount(1);
  await expect(page.getByText(/^502 events loaded/)).toBeVisible();
  expect(await allHeads(page)).toEqual(Array.from({ length: 502 }, (_, i) => 502 - i));
  await expect(page.getByText(/This page was offline/)).toBeAttached();
});

/** The events in view. */
function rows(page: Page): Locator {
  return page.getByRole("region", { name: "Events, newest first" }).getByRole("listitem");
}

/** The seqs in view. */
function heads(page: Page): Locator {
  return rows(page).locator("[data-head]");
}

/** The seqs of all rows, newest first, by scrolling through them. */
async function allHeads(page: Page): Promise<number[]> {
  const found = new Set<number>();
  const list = page.getByRole("region", { name: "Events, newest first" });
  for (let top = 0; top < (await list.evaluate((element) => element.scrollHeight)); top += 400) {
    await list.evaluate((element, to) => element.scrollTo(0, to), top);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    for (const head of await heads(page).allTextContents()) found.add(Number(head));
  }
  return [...found].sort((a, b) => b - a);
}
