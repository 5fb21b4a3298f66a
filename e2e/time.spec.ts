import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Locator, Page } from "@playwright/test";
import type { ActorState } from "../server/protocol/actors.ts";
import type { Json } from "../server/protocol/journal.ts";
import { expectAccessible } from "./accessibility.ts";
import { member, visit } from "./console.ts";
import { expect, test } from "./test.ts";

const execute = promisify(execFile);
/** Folds a history file without any code of the project. */
const FOLD = path.join(import.meta.dirname, "fold-export.mjs");
const ENTRIES = 50_000;
const LONG = "/actors/counter/long/time";
/** The max time until a state appears once its window is loaded, in milliseconds, at the 95th percentile. */
const PROMPT_MS = 150;

test.beforeAll(async ({ server }) => {
  test.setTimeout(180_000);
  await increments(server.url, "long", ENTRIES);
});

test("3. 50,000 entries scrub smoothly, and every state is the server's own", async ({ page, server }, testInfo) => {
  test.setTimeout(180_000);
  await visit(page, LONG);
  await expect(where(page)).toHaveText("Live at seq 50,000");
  const a = page.getByRole("slider", { name: "Marker A" });
  await a.focus();

  await test.step("by Home, End, arrows and a number", async () => {
    await page.keyboard.press("Home");
    await expect(where(page)).toHaveText("Viewing seq 0 of 50,000, not live");
    await expect(page.getByText("No state yet.")).toBeVisible();
    await page.keyboard.press("ArrowRight");
    await expectState(page, await stateAt(server.url, 1));
    await page.keyboard.press("End");
    await expectState(page, await stateAt(server.url, ENTRIES));
    await page.keyboard.press("ArrowLeft");
    await expectState(page, await stateAt(server.url, ENTRIES - 1));
    await goTo(page, 31_337);
    await expectState(page, await stateAt(server.url, 31_337));
    await expect(page.locator("[data-seq='31337'] [aria-current]")).toBeVisible();
  });

  await test.step("each within 150 ms, with few rows rendered", async () => {
    const values = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => (await stateAt(server.url, 31_338 + i)).state as { value: number }),
    );
    const forth = await stepThrough(
      page,
      "ArrowRight",
      values.map(({ value }) => value),
    );
    const back = await stepThrough(
      page,
      "ArrowLeft",
      values
        .map(({ value }) => value)
        .toReversed()
        .slice(1),
    );
    const times = [...forth, ...back].sort((one, other) => one - other);
    expect(times[Math.floor(times.length * 0.95)], `milliseconds: ${times.map(Math.round).join(" ")}`).toBeLessThan(
      PROMPT_MS,
    );
    expect(await page.locator("li[data-seq], [role=treeitem]").count()).toBeLessThan(200);
  });

  await test.step("at a hundred seqs, in agreement with an independent fold of the exported file", async () => {
    const file = testInfo.outputPath("long.ndjson");
    await writeFile(file, await (await fetch(`${server.url}/api/actors/counter/long/export`)).text());
    const seqs = seqsOf(100);
    const { stdout } = await execute(process.execPath, [FOLD, file, ...seqs.map(String)]);
    const folded = new Map(lines<{ seq: number; state: Json }>(stdout).map(({ seq, state }) => [seq, state]));
    for (const seq of seqs) {
      const expected = await stateAt(server.url, seq);
      expect(folded.get(seq)).toEqual(expected.state);
      await goTo(page, seq);
      await expectState(page, expected);
    }
  });
});

test("4. A moment is a URL: a fresh browser shows the same, and later changes do not move it", async ({
  page,
  openWindow,
  server,
}) => {
  const { head } = await newest(server.url);
  await visit(page, LONG);
  await goTo(page, 31_200);
  await page.getByRole("button", { name: "Set B here" }).click();
  await goTo(page, 31_234);
  await expect(page).toHaveURL(/\?at=31234&vs=31200$/);
  await page.getByRole("list", { name: "Changes" }).getByRole("button").first().click();
  await expect(page).toHaveURL(/\?at=31234&vs=31200&path=\/value$/);

  const other = await openWindow();
  await visit(other, page.url().slice(server.url.length));
  const [was, is] = [await valueAt(server.url, 31_200), await valueAt(server.url, 31_234)];
  for (const window of [page, other]) {
    await expect(where(window)).toHaveText(`Viewing seq 31,234 of ${thousands(head)}, not live`);
    await expect(window.getByRole("region", { name: "Difference" })).toContainText("From 31,200 to 31,234");
    await expect(window.getByRole("list", { name: "Changes" })).toContainText(`${was}→${is}`);
    await expect(window.getByRole("region", { name: "Changes of /value" })).toContainText("increment");
  }
  expect(await shown(other)).toBe(await shown(page));
  const before = await shown(page);
  await increments(server.url, "long", 20);
  for (const window of [page, other]) {
    await expect(where(window)).toHaveText(`Viewing seq 31,234 of ${thousands(head + 20)}, not live`);
    expect(await shown(window)).toBe(before);
  }
  await page.keyboard.press("l");
  await expect(where(page)).toHaveText(`Live at seq ${thousands(head + 20)}`);
  await increments(server.url, "long", 5);
  await expect(where(page)).toHaveText(`Live at seq ${thousands(head + 25)}`);
});

test("5. Diff and blame: an insertion is one change, and a field lists its changes", async ({ page, server }) => {
  for (const sku of ["rope", "lamp"]) await command(server.url, `stock/${sku}`, "restock", { count: 5 });
  const lines = [
    { sku: "rope", count: 1 },
    { sku: "lamp", count: 2 },
  ];
  await command(server.url, "order/o1", "place", { cart: "c1", lines });
  await expect
    .poll(async () => ((await (await fetch(`${server.url}/api/actors/order/o1/state`)).json()) as ActorState).head)
    .toBe(3);
  await visit(page, "/actors/order/o1/time?at=2");
  await page.keyboard.press("d");
  const changes = page.getByRole("list", { name: "Changes" }).getByRole("listitem");
  await expect(changes).toHaveText([/added\s*reserved\[0\]\s*"(rope|lamp)"/]);
  await page.keyboard.press("]");
  await expect(changes).toHaveText([
    /changed\s*status.*"reserving".*"confirmed"/,
    /added\s*reserved\[0\]/,
    /added\s*reserved\[1\]/,
  ]);
  await page.keyboard.press("d");

  await page.getByRole("treeitem", { name: "status" }).click();
  const blame = page.getByRole("region", { name: "Changes of /status" });
  await expect(blame.getByRole("listitem")).toHaveText([
    /^3reserved.*"reserving"→"confirmed"$/,
    /^1place.*nothing→"reserving"$/,
  ]);
  await blame.getByRole("button", { name: /^1/ }).click();
  await expect(where(page)).toHaveText("Viewing seq 1 of 3, not live");
  await expect(page.getByRole("region", { name: "State", exact: true }).getByRole("treeitem").first()).toHaveText(
    /status:\s*"reserving"/,
  );
  await test.step("of 50,000 entries too", async () => {
    await visit(page, `${LONG}?at=31337`);
    await member(page, /value/).click();
    const changes = page.getByRole("region", { name: "Changes of /value" }).getByRole("listitem");
    for (const [i, seq] of [31_337, 31_336, 31_335].entries()) {
      const [was, is] = [await valueAt(server.url, seq - 1), await valueAt(server.url, seq)];
      await expect(changes.nth(i)).toHaveText(new RegExp(`^${thousands(seq)}increment.*${was}→${is}$`));
    }
  });
  await expectAccessible(page, "a difference and the changes of a field");
});

test("every key of the key sheet works in time travel, but not in inputs and dialogs", async ({ page, server }) => {
  const checkpoints = async () => {
    const response = await fetch(`${server.url}/api/actors/counter/travelled/checkpoints`);
    return ((await response.json()) as { items: { seq: number }[] }).items.map(({ seq }) => seq);
  };
  for (const count of [1, 2]) {
    await increments(server.url, "travelled", 13);
    await expect.poll(async () => (await checkpoints()).length).toBe(count);
  }
  const [late = 0, early = 0] = await checkpoints();
  const at = (seq: number) => expect(where(page)).toHaveText(`Viewing seq ${seq} of 26, not live`);
  const press = (key: string) => page.keyboard.press(key);
  await visit(page, "/actors/counter/travelled/time?at=26");
  await expect(page.getByRole("img", { name: /2 checkpoints/ })).toBeVisible();

  await test.step("[ and ], with shift: checkpoints", async () => {
    await press("[");
    await at(25);
    await press("]");
    await at(26);
    for (const seq of [late, early, 0].filter((seq) => seq < 26)) {
      await press("Shift+BracketLeft");
      await at(seq);
    }
    for (const seq of new Set([early, late, 26])) {
      await press("Shift+BracketRight");
      await at(seq);
    }
  });

  await test.step("d starts and stops comparing, b sets B here", async () => {
    const difference = page.getByRole("region", { name: "Difference" });
    await press("d");
    await expect(difference).toContainText("From 25 to 26");
    await press("d");
    await expect(difference).toHaveCount(0);
    await press("b");
    await press("[");
    await press("[");
    await expect(difference).toContainText("From 24 to 26");
    await press("d");
  });

  await test.step("f forks, and its inputs take text", async () => {
    await press("f");
    const field = page.getByRole("form", { name: "Fork" }).getByLabel("New id");
    await expect(field).toBeFocused();
    await page.keyboard.type("[bdfl ]");
    await expect(field).toHaveValue("[bdfl ]");
    await at(24);
    await page.getByRole("button", { name: "Cancel" }).click();
  });

  await test.step("space plays and pauses, and presses a focused button", async () => {
    await page.getByRole("slider", { name: "Marker A" }).press("Home");
    await press(" ");
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
    await expect(where(page)).toHaveText(/^Viewing seq [3-9] of 26/);
    await press(" ");
    await expect(page.getByRole("button", { name: "Play" })).toBeVisible();
    await page.getByRole("button", { name: "Compare" }).press(" ");
    await expect(page.getByRole("region", { name: "Difference" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Play" })).toBeVisible();
  });

  await test.step("l goes to the newest entry, and no key works under a dialog", async () => {
    await press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await press("l");
    await press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(where(page)).toHaveText(/not live$/);
    await press("l");
    await expect(where(page)).toHaveText("Live at seq 26");
  });
});

test("a journal is verified, and a past moment forked into a new actor; the original does not change", async ({
  page,
  server,
}) => {
  await increments(server.url, "origin", 30);
  const journal = `${server.url}/api/actors/counter/origin/journal`;
  const before = await (await fetch(journal)).text();
  await visit(page, "/actors/counter/origin/time?at=7");
  await page.keyboard.press("f");
  await page.getByRole("button", { name: "Verify" }).click();
  const verification = page.getByRole("region", { name: "Verification" });
  await expect(verification).toContainText("30 turns: current code reproduces this history.");
  const form = page.getByRole("form", { name: "Fork" });
  await form.getByLabel("New id").fill("origin");
  await form.getByRole("button", { name: "Create fork" }).click();
  await expect(form.getByRole("alert")).toContainText("exists already");
  await form.getByLabel("New id").fill("branch");
  await form.getByRole("button", { name: "Create fork" }).click();
  await expect(page).toHaveURL(/\/actors\/counter\/branch$/);
  await page.getByRole("link", { name: "Time travel" }).click();
  await expect(page.getByText("Forked from origin at 7")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: /forked.*from origin at 7/ })).toBeVisible();
  await expect(member(page, /value: 28$/)).toBeVisible();
  await page.getByRole("link", { name: "origin", exact: true }).click();
  await expect(where(page)).toHaveText("Viewing seq 7 of 30, not live");
  await expect(page.getByRole("link", { name: "branch" })).toBeVisible();
  expect(await (await fetch(journal)).text()).toBe(before);
});

test("a durable state with history has a journal, time travel and field changes", async ({ page, server }) => {
  for (const product of ["rope", "lamp", "tent"]) {
    await command(server.url, "user-state/past:user", "viewProduct", { productId: product });
  }
  await visit(page, "/actors/user-state/past:user?tab=journal");
  await expect(page.getByRole("row").filter({ hasText: /turn.*viewProduct/ })).toHaveCount(3);
  await page.getByRole("link", { name: "Time travel" }).click();
  await expect(where(page)).toHaveText("Live at seq 3");
  await page.keyboard.press("[");
  await expect(where(page)).toHaveText("Viewing seq 2 of 3, not live");
  await expect(page.getByText("revision 2")).toBeVisible();
  await expect(member(page, /0: "lamp"$/)).toBeVisible();
  await page.getByRole("treeitem", { name: /recentProducts/ }).click();
  const blame = page.getByRole("region", { name: "Changes of /recentProducts" });
  await expect(blame.getByRole("listitem")).toHaveText([/^2viewProduct/, /^1viewProduct/]);
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByRole("region", { name: "Verification" })).toContainText(
    "3 turns: current code reproduces this history.",
  );
  await page.getByRole("button", { name: "Fork" }).click();
  const form = page.getByRole("form", { name: "Fork" });
  await form.getByLabel("New mallId").fill("past");
  await form.getByLabel("New userId").fill("branch");
  await form.getByRole("button", { name: "Create fork" }).click();
  await expect(page).toHaveURL(/\/actors\/user-state\/past:branch$/);
  await expect(member(page, /0: "lamp"$/)).toBeVisible();
  await page.getByRole("link", { name: "Time travel" }).click();
  await expect(page.getByText("Forked from past:user at 2")).toBeVisible();
});

/** The status line with the seq in view. */
function where(page: Page): Locator {
  return page.getByRole("main").getByRole("status").filter({ hasText: /seq/ });
}

/** The text of the difference pane. */
async function shown(page: Page): Promise<string> {
  await expect(page.getByRole("list", { name: "Changes" })).toBeVisible();
  return page.getByRole("region", { name: "Difference" }).innerText();
}

async function goTo(page: Page, seq: number): Promise<void> {
  const field = page.getByRole("textbox", { name: "Seq" });
  await field.fill(`${seq}`);
  await field.press("Enter");
}

async function expectState(page: Page, { head, state }: ActorState): Promise<void> {
  await expect(page.getByRole("heading", { name: `State at ${head.toLocaleString("en-US")}` })).toBeVisible();
  const { value } = state as { value: number };
  await expect(member(page, new RegExp(`value: ${value}$`))).toBeVisible();
}

/** Presses a key on marker A until each value was shown; returns the duration of each, in milliseconds. */
function stepThrough(page: Page, key: string, values: readonly number[]): Promise<number[]> {
  return page.getByRole("slider", { name: "Marker A" }).evaluate(
    async (slider, { key, values }) => {
      const times: number[] = [];
      for (const value of values) {
        const startedAt = performance.now();
        slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const isShown = () => document.querySelector("[role=treeitem]")?.textContent?.includes(`value:${value}`);
        while (!isShown() && performance.now() - startedAt < 5_000) await new Promise(requestAnimationFrame);
        times.push(isShown() ? performance.now() - startedAt : Number.POSITIVE_INFINITY);
      }
      return times;
    },
    { key, values },
  );
}

/** Pseudo-random seqs of the long journal, the same each time. */
function seqsOf(count: number): number[] {
  let seed = 7;
  return Array.from({ length: count }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 1 + (seed % ENTRIES);
  });
}

function lines<T>(text: string): T[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

const thousands = (n: number) => n.toLocaleString("en-US");

async function newest(url: string): Promise<ActorState> {
  return (await (await fetch(`${url}/api/actors/counter/long/state`)).json()) as ActorState;
}

async function valueAt(url: string, seq: number): Promise<number> {
  return ((await stateAt(url, seq)).state as { value: number }).value;
}

async function stateAt(url: string, seq: number): Promise<ActorState> {
  const response = await fetch(`${url}/api/actors/counter/long/state?at=${seq}`);
  return (await response.json()) as ActorState;
}

/** Sends increments to a counter. */
async function increments(url: string, key: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 5_000) {
    const lines = Array.from({ length: Math.min(5_000, count - sent) }, (_, i) =>
      JSON.stringify({ type: "counter", key: [key], command: "increment", payload: { by: 1 + ((sent + i) % 9) } }),
    );
    const headers = { "content-type": "application/x-ndjson" };
    const response = await fetch(`${url}/api/commands`, { method: "POST", headers, body: lines.join("\n") });
    const answers = (await response.text()).trim().split("\n");
    if (answers.length < lines.length || answers.some((line) => line.includes('"error"')))
      throw new Error(answers.at(-1));
  }
}

async function command(url: string, actor: string, name: string, payload: object): Promise<void> {
  const response = await fetch(`${url}/api/actors/${actor}/commands/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  if (!response.ok) throw new Error(await response.text());
}
