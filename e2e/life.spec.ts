import type { Locator, Page } from "@playwright/test";
import { pageOf, read, send, views } from "./actors.ts";
import { fact, lifecycle, member, openForm, visit } from "./console.ts";
import { expect, test } from "./test.ts";

test.use({
  serverEnv: { PASSIVATE_AFTER: "3s", INACTIVITY_CHECK: "250ms" },
  timezoneId: "America/New_York",
});

/** A time as typed in New York, and as stored. */
const typed = (second: number) => `2026-01-05T09:30:1${second}`;
const stored = (second: number) => `2026-01-05T14:30:1${second}.000Z`;
const anyTime = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`;

/** Every command of the type: how to fill its form, its reply, and the state that it shows. */
const commands: {
  name: string;
  fill?: (form: Locator) => Promise<void>;
  action: string;
  shows: (at: string) => string[];
}[] = [
  { name: "userLogin", action: "login", shows: (at) => [`lastLogin: ${at}`] },
  { name: "useCart", action: "cart_used", shows: (at) => [`lastCartUsedTime: ${at}`] },
  {
    name: "viewProduct",
    fill: (form) => form.getByLabel("productId").fill("85123A"),
    action: "product_viewed",
    shows: () => ['0: "85123A"'],
  },
  {
    name: "setMarketingOptIn",
    fill: (form) => form.getByRole("radiogroup", { name: "optIn" }).getByText(/true$/).click(),
    action: "marketing_opt_in_set",
    shows: () => ["marketingOptIn: true"],
  },
];

test("an actor is created, seen live in other windows, passivated, and activated with its state", async ({
  page,
  openWindow,
  server,
}) => {
  const key = ["mall 001", "user/001"];

  await test.step("an empty console shows the first steps", async () => {
    await visit(page, "/");
    await expect(page.getByText("Ready. No actors yet.")).toBeVisible();
    await expect(page.getByRole("region", { name: "Create the first actor" })).toContainText("/api/actors/user-state/");
  });
  const list = await openWindow();
  await visit(list, "/actors");
  await expect(list.getByText("No actors yet.")).toBeVisible();

  await test.step("an unused actor has a page", async () => {
    await page.getByRole("button", { name: "Open by key" }).click();
    const dialog = page.getByRole("dialog", { name: "Open an actor by its key" });
    await dialog.getByLabel("mallId").fill("mall 001");
    await dialog.getByLabel("userId").fill("user/001");
    await dialog.getByRole("button", { name: "Open" }).click();
    await expect(page).toHaveURL(pageOf(key));
    await expect(page.getByText("Nothing committed yet.")).toBeVisible();
  });
  const other = await openWindow();
  await visit(other, pageOf(key));
  const loads = countLoads(other);

  let revision = 0;
  for (const withTime of [false, true]) {
    for (const command of commands) {
      revision += 1;
      await test.step(`${command.name} ${withTime ? "with" : "without"} a time`, async () => {
        const form = await openForm(page, command.name);
        await command.fill?.(form);
        if (withTime) await form.getByLabel("at", { exact: true }).fill(typed(revision));
        await form.getByRole("button", { name: `Send ${command.name}` }).click();
        await expect(form).toContainText(`revision ${revision} ·`);
        await expect(form).toContainText(`"action": "${command.action}"`);
        const time = withTime ? `"${stored(revision)}"` : anyTime;
        for (const window of [page, other]) {
          await expect(fact(window, "Revision")).toHaveText(`${revision}`);
          for (const shown of command.shows(time)) await expect(member(window, new RegExp(shown))).toBeVisible();
          await expect(member(window, new RegExp(`lastEventTime: ${time}`))).toBeVisible();
        }
      });
    }
  }
  expect(loads(), "page loads of the other window").toBe(0);

  await test.step("the list announces the new actor, and shows it on demand", async () => {
    await list.getByRole("button", { name: "1 new" }).click();
    await expect(rowOf(list, "mall 001 / user/001")).toContainText("user-state");
  });

  await test.step("the idle actor is passivated, and its page says why", async () => {
    for (const window of [page, other]) {
      await expect(lifecycle(window, "passivated")).toBeVisible();
      await expect(window.getByText("Passivated: its state is in the store")).toBeVisible();
    }
    await expect(rowOf(list, "mall 001 / user/001")).toContainText("passivated");
  });

  await test.step("the next command activates it with its state", async () => {
    const form = await openForm(page, "useCart");
    await form.getByLabel("at", { exact: true }).fill("2026-01-06T00:00:00");
    const awake = expect(lifecycle(other, "active")).toBeVisible();
    await form.getByRole("button", { name: "Send useCart" }).click();
    await awake;
    await expect(form).toContainText(`revision ${revision + 1} ·`);
    await expect(fact(other, "Revision")).toHaveText(`${revision + 1}`);
    expect((await read(server.url, key)).state).toEqual({
      mallId: "mall 001",
      userId: "user/001",
      lastLogin: stored(5),
      lastCartUsedTime: "2026-01-06T05:00:00.000Z",
      recentProducts: ["85123A"],
      marketingOptIn: true,
      lastEventTime: "2026-01-06T05:00:00.000Z",
    });
  });
});

test("viewing a passivated actor does not change it", async ({ page, server }) => {
  const key = ["looked", "at"];
  await send(server.url, views(key, 3));
  await expect.poll(async () => (await read(server.url, key)).lifecycle).toBe("passivated");
  const before = await read(server.url, key);

  await visit(page, "/actors?q=looked");
  await expect(rowOf(page, "looked / at")).toContainText("passivated");
  await page.getByRole("link", { name: "looked / at" }).click();
  await expect(page).toHaveURL(pageOf(key));
  await expect(member(page, '0: "p3"')).toBeVisible();
  for (const operation of [...commands.map(({ name }) => name), "getUserState"]) await openForm(page, operation);
  await visit(page, pageOf(key));
  await expect(lifecycle(page, "passivated")).toBeVisible();
  await visit(page, "/");

  expect(await read(server.url, key)).toEqual(before);
});

function rowOf(page: Page, key: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name: key }) });
}

/** Counts the loads of a page from now on. */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on("domcontentloaded", () => {
    loads += 1;
  });
  return () => loads;
}
