import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import type { ActorDetail } from "../server/protocol/actors.ts";
import type { CommandLineResult } from "../server/protocol/commands.ts";
import { expectAccessible } from "./accessibility.ts";
import { connection, fact, toast, visit } from "./console.ts";
import { unreachable } from "./faults.ts";
import { test as base, expect } from "./test.ts";

/** The server's counters get quotes from a service of this test, which fails for the symbol BROKEN. */
const test = base.extend<object, { serverEnv: Record<string, string> }>({
  serverEnv: [
    async ({ playwright: _ }, use) => {
      const quotes = createServer((request, response) => {
        const symbol = request.url?.split("/").at(-1);
        response.writeHead(symbol === "BROKEN" ? 500 : 200).end(JSON.stringify({ quote: `${symbol} is up` }));
      }).listen(0, "127.0.0.1");
      await once(quotes, "listening");
      await use({ QUOTE_SERVICE: `http://127.0.0.1:${(quotes.address() as AddressInfo).port}` });
      quotes.close();
      quotes.closeAllConnections();
      await once(quotes, "close");
    },
    { scope: "worker" },
  ],
});

test("the timeline shows the phases of each message, and links to its entry", async ({ page, server }) => {
  await visit(page, `${pageOf("timed")}?tab=timeline`);
  await sendTo(server.url, "timed", [["enrich", { symbol: "ACME" }], ["increment"], ["enrich", { symbol: "BROKEN" }]]);
  const rows = page
    .getByRole("region", { name: "Timeline" })
    .getByRole("listitem")
    .filter({ hasText: /enrich|increment/ });
  await expect(rows).toHaveCount(3);
  const time = String.raw`[\d.]+ m?s`;
  const phases = [
    new RegExp(`enrich.*effect quote, \\d+ attempts ${time}, commit ${time}, running ${time}, commit ${time}`),
    new RegExp(`increment.*running ${time}, commit ${time}`),
    new RegExp(`enrich.*running ${time}, commit ${time}, effect quote ${time}, .*commit ${time}`),
  ];
  await expect(rows, "from the stream").toContainText(phases);
  await page.reload();
  await expect(rows, "from the API").toContainText(phases);
  await expect(rows.nth(0)).toContainText("✕");
  await page.getByRole("group", { name: "Time axis" }).getByText("Absolute time").click();
  await rows
    .nth(1)
    .getByRole("button", { name: /^Entry/ })
    .click();
  await expect(page.getByRole("heading", { name: "Entry 4" })).toBeVisible();
});

test("a command from a form appears live in other windows, and ten entries make a checkpoint", async ({
  page,
  openWindow,
  server,
}) => {
  await visit(page, pageOf("live"));
  await expect(page.getByText("Nothing committed yet.")).toBeVisible();
  const other = await openWindow();
  await visit(other, `${pageOf("live")}?tab=journal`);

  await page.getByRole("textbox", { name: "by" }).fill("3");
  await page.getByRole("button", { name: "Send increment" }).click();
  await expect(page.getByRole("region", { name: "Commands" })).toContainText("seq 1 ·");
  await expect(row(other, 1)).toContainText("increment");
  await expect(row(other, 1)).toContainText("the whole state");
  await page.getByRole("button", { name: "Send increment" }).click();
  await expect(row(other, 2)).toContainText("value");
  for (const window of [page, other]) {
    await expect(fact(window, "Head seq")).toHaveText("2");
    await expect(fact(window, "Newest checkpoint")).toHaveText("none yet");
  }

  await increment(server.url, "live", 10);
  for (const window of [page, other]) {
    await expect(fact(window, "Head seq")).toHaveText("12");
    await expect(fact(window, "Newest checkpoint")).toHaveText("10 · 2 since");
  }
  expect(await shownSeqs(other)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  await other.getByRole("tab", { name: "Checkpoints" }).click();
  await expect(checkpoints(other)).toHaveText(["10"]);
  await increment(server.url, "live", 8);
  await expect(checkpoints(other)).toHaveText(["20", "10"]);
  await increment(server.url, "live", 10);
  await expect(checkpoints(other)).toHaveText(["30", "20"]);

  await page.getByRole("button", { name: "seq 2" }).click();
  await expect(page).toHaveURL(/[?&]tab=journal&seq=2$/);
  await expect(detail(page, 2)).toContainText(/~\s*changed\s*value\s*6/);
});

test("the journal is filtered by kind on the server, and an entry shows its whole message", async ({
  page,
  server,
}) => {
  await increment(server.url, "kinds", 2);
  await command(server.url, "kinds", "compare", { symbol: "GR", other: "EN" });
  await command(server.url, "kinds", "enrich", { symbol: "BROKEN" });
  await visit(page, `${pageOf("kinds")}?tab=journal`);
  await expect(rows(page)).toHaveCount(9);

  await test.step("one kind", async () => {
    const asked = page.waitForRequest(/\/journal\?.*kind=effect/);
    await choose(page, "effect");
    await asked;
    await expect.poll(() => shownSeqs(page)).toEqual([8, 5, 4]);
    await expect(page).toHaveURL(/[?&]kind=effect/);
    await choose(page, "turn");
    await expect.poll(() => shownSeqs(page)).toEqual([6, 2, 1]);
    await expect(row(page, 6)).toContainText("compare");
    await choose(page, "migrated");
    await expect(page.getByText("No migrated entries yet.")).toBeVisible();
    await choose(page, "Any kind");
    await expect(rows(page)).toHaveCount(9);
  });

  await test.step("a turn with effects, by the keyboard", async () => {
    const grid = page.getByRole("grid", { name: "Entries" });
    await grid.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const entry = detail(page, 6);
    await expect(entry).toContainText('{symbol: "GR", other: "EN"}');
    await expect(entry).toContainText(/3.?received\s*4.?effect\s*5.?effect\s*6.?turn/);
    await expect(entry).toContainText(/effect #0, 1 attempt.*"GR is up".*effect #1.*"EN is up"/s);
    await expect(entry).toContainText('"GR is up against EN is up"');
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect(detail(page, 9)).toContainText("the quote service answered 500");
    await expect(detail(page, 9)).toContainText(/EffectFailed: .*\n\s+at /);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("heading", { name: /^Entry/ })).toHaveCount(0);
  });

  await test.step("an address opens it", async () => {
    await visit(page, `${pageOf("kinds")}?tab=journal&seq=8`);
    await expect(detail(page, 8)).toContainText("5 attempts");
    await detail(page, 8).getByRole("button", { name: "9 attempt failed" }).click();
    await expect(detail(page, 9)).toBeVisible();
    await expect(page).toHaveURL(/[?&]seq=9$/);
  });
});

test("a list scrolled away from the head does not move, and counts new entries exactly", async ({ page, server }) => {
  await increment(server.url, "frozen", 250);
  await visit(page, `${pageOf("frozen")}?tab=journal`);
  await expect(row(page, 250)).toBeVisible();
  expect(await rows(page).count(), "rows in the page").toBeLessThan(60);

  const grid = page.getByRole("grid", { name: "Entries" });
  await grid.press("PageDown");
  await grid.press("PageDown");
  const looked = row(page, 208);
  await expect(looked).toBeInViewport();
  const box = await looked.boundingBox();
  await increment(server.url, "frozen", 37);
  const news = page.getByRole("button", { name: "new entr" });
  await expect(news).toHaveText("↑ 37 new entries");
  expect(await looked.boundingBox()).toEqual(box);
  await increment(server.url, "frozen", 1);
  await expect(news).toHaveText("↑ 38 new entries");

  await news.click();
  await expect(row(page, 288)).toBeVisible();
  await increment(server.url, "frozen", 1);
  await expect(row(page, 289)).toBeVisible();
  await expectAll(page, 289);

  await test.step("a pause does the same at the head, also for one kind", async () => {
    await choose(page, "turn");
    await expect(row(page, 289)).toBeVisible();
    await page.getByRole("button", { name: "Pause" }).click();
    await command(server.url, "frozen", "enrich", { symbol: "GR" });
    await increment(server.url, "frozen", 1);
    await expect(news).toHaveText("↑ 2 new entries");
    await expect(row(page, 293)).toHaveCount(0);
    await news.click();
    await expect(row(page, 293)).toBeVisible();
    await expect(row(page, 292)).toContainText("enrich");
  });
});

test("a page that was offline while 500 entries were committed gets each once, in order, and says so", async ({
  page,
  context,
  server,
  faults,
}) => {
  await increment(server.url, "offline", 2);
  await visit(page, `${pageOf("offline")}?tab=journal`);
  await expect(row(page, 2)).toBeVisible();
  await increment(server.url, "offline", 1);
  await expect(row(page, 3)).toBeVisible();
  faults.expect(unreachable);
  await context.setOffline(true);
  await expect(connection(page)).toContainText("Reconnecting since");
  await increment(server.url, "offline", 500);
  await expect(row(page, 3)).toBeVisible();

  await context.setOffline(false);
  await expect(toast(page, /^Back after/)).toHaveText(/: 500 entries, seq 3 → 503\.$/);
  await expect(fact(page, "Newest checkpoint")).toHaveText(/^500/);
  await expectAll(page, 503);
});

test("after a kill of the server under load, the journal in an open page has no gap", async ({
  page,
  server,
  faults,
}) => {
  const wanted = 240;
  await visit(page, `${pageOf("killed")}?tab=journal`);
  faults.expect(unreachable);
  const sending = incrementUntilDone(server.url, "killed", wanted);
  await expect.poll(async () => (await shownSeqs(page))[0] ?? 0).toBeGreaterThan(60);
  await server.kill();
  await expect(connection(page)).toContainText("Reconnecting since");
  await server.start();
  await expect(toast(page, /^Back after /)).toHaveCount(1);
  await sending;
  await expect(fact(page, "Head seq")).toHaveText(`${wanted}`);
  await expectAll(page, wanted);
});

test("viewing a journal and its checkpoints does not wake the actor", async ({ page, server }) => {
  await increment(server.url, "asleep", 12);
  expect((await fetch(`${server.url}/api/actors/counter/asleep/passivate`, { method: "POST" })).status).toBe(204);
  await expect.poll(async () => (await read(server.url, "asleep")).lifecycle).toBe("passivated");
  const before = await read(server.url, "asleep");
  await visit(page, pageOf("asleep"));
  await expect(page.getByRole("tree", { name: "State" })).toContainText("value");
  await page.getByRole("tab", { name: "Journal" }).click();
  await row(page, 5).click();
  await expect(detail(page, 5)).toBeVisible();
  await page.getByRole("tab", { name: "Checkpoints" }).click();
  await expect(checkpoints(page)).toHaveText(["12", "10"]);
  expect(await read(server.url, "asleep")).toEqual(before);
});

test.describe("the tabs of a journal are accessible in dark and light, and fit a wide screen and a phone:", () => {
  test.beforeAll(async ({ server }) => {
    await increment(server.url, "axe", 40);
    await command(server.url, "axe", "enrich", { symbol: "BROKEN" });
  });

  for (const address of ["?tab=journal", "?tab=journal&seq=1", "?tab=journal&seq=43", "?tab=checkpoints"]) {
    test(address, async ({ page }) => {
      await visit(page, `${pageOf("axe")}${address}`);
      await expectAccessible(page, address);
    });
  }
});

function pageOf(id: string): string {
  return `/actors/counter/${id}`;
}

function rows(page: Page): Locator {
  return page.getByRole("grid", { name: "Entries" }).locator("tbody tr[aria-rowindex]");
}

/** The row of an entry, if rendered. */
function row(page: Page, seq: number): Locator {
  const cell = page.getByRole("gridcell", { name: seq.toLocaleString("en-US"), exact: true });
  return rows(page).filter({ has: cell.and(page.locator("td:first-child")) });
}

/** The seqs of the rendered rows, from top to bottom. */
async function shownSeqs(page: Page): Promise<number[]> {
  const texts = await rows(page).locator("td:first-child").allTextContents();
  return texts.map((text) => Number(text.replaceAll(",", "")));
}

function detail(page: Page, seq: number): Locator {
  return page.getByRole("region", { name: `Entry ${seq}`, exact: true });
}

/** The seqs of the listed checkpoints. */
function checkpoints(page: Page): Locator {
  return page.getByRole("region", { name: "Checkpoints" }).locator("tbody td:first-child");
}

async function choose(page: Page, kind: string): Promise<void> {
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: kind }).click();
}

/** Scrolls down the list from its newest row and expects all seqs from `head` to 1, in order. */
async function expectAll(page: Page, head: number): Promise<void> {
  await page.getByRole("grid", { name: "Entries" }).press("Home");
  await expect(row(page, head)).toBeVisible();
  for (let next = head; ; ) {
    const seqs = await shownSeqs(page);
    const [first = 0, last = 0] = [seqs[0], seqs.at(-1)];
    expect(seqs).toEqual(Array.from(seqs, (_, i) => first - i));
    expect(first, "the row that follows those seen before").toBeGreaterThanOrEqual(next);
    if (last === 1) return;
    next = last - 1;
    await rows(page).last().scrollIntoViewIfNeeded();
    await expect.poll(async () => (await shownSeqs(page)).at(-1)).toBeLessThan(last);
  }
}

/** Increments a counter; resolves when all increments have committed. */
async function increment(url: string, id: string, times: number): Promise<void> {
  const line = JSON.stringify({ type: "counter", key: [id], command: "increment" });
  const response = await fetch(`${url}/api/commands`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: Array.from({ length: times }, () => line).join("\n"),
  });
  const answers = (await response.text()).trim().split("\n");
  const results = answers.map((answer) => JSON.parse(answer) as CommandLineResult);
  const refused = results.find((result) => "error" in result);
  if (refused !== undefined || results.length < times) throw new Error(`Refused: ${JSON.stringify(refused)}`);
}

/** Increments a counter one by one, each until it succeeds, also across restarts of the server. */
async function incrementUntilDone(url: string, id: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await expect
      .poll(() => command(url, id, "increment", {}, `${id}-${i}`).catch(() => 0), { intervals: [20], timeout: 30_000 })
      .toBe(200);
  }
}

/** Sends a command to a counter; resolves with the response's status. */
async function command(
  url: string,
  id: string,
  name: string,
  payload: object,
  idempotencyKey?: string,
): Promise<number> {
  const { status } = await fetch(`${url}/api/actors/counter/${id}/commands/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(idempotencyKey && { "idempotency-key": idempotencyKey }) },
    body: JSON.stringify(payload),
  });
  return status;
}

/** Reads a counter without waking it. */
async function read(url: string, id: string): Promise<ActorDetail> {
  const response = await fetch(`${url}/api/actors/counter/${id}`);
  return (await response.json()) as ActorDetail;
}

/** Sends commands one after the other, ignoring failures. */
async function sendTo(url: string, id: string, commands: readonly [name: string, payload?: object][]): Promise<void> {
  for (const [name, payload = {}] of commands) {
    await fetch(`${url}/api/actors/counter/${id}/commands/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
  }
}
