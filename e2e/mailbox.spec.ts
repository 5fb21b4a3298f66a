import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSHandle, Locator, Page } from "@playwright/test";
import { ask, tell } from "./actors.ts";
import { fact, lifecycle, member, openForm, visit } from "./console.ts";
import { test as base, expect } from "./test.ts";

/** More than the max time until a failing message becomes a dead letter, in milliseconds. */
const DEAD_LETTER_MS = 60_000;

/** The counters' quote service fails. Idle actors are passivated soon. */
const test = base.extend<object, { serverEnv: Record<string, string> }>({
  serverEnv: [
    async ({ playwright: _ }, use) => {
      const quotes = createServer((_request, response) => response.writeHead(500).end()).listen(0, "127.0.0.1");
      await once(quotes, "listening");
      const { port } = quotes.address() as AddressInfo;
      await use({ QUOTE_SERVICE: `http://127.0.0.1:${port}`, PASSIVATE_AFTER: "3s", INACTIVITY_CHECK: "250ms" });
      quotes.close();
      quotes.closeAllConnections();
      await once(quotes, "close");
    },
    { scope: "worker" },
  ],
});

const doomed = "counter/doomed";
const alsoDoomed = "counter/also_doomed";

// Before the tests below, whose messages become dead letters at a time of their own.
test("dead letters are counted, viewed, and redriven: one, some, a whole group", async ({ page, server }) => {
  await visit(page, "/dead-letters/all");
  await expect(page.getByText("No dead letters.")).toBeVisible();
  await expect(count(page)).toHaveText("Dead letters");
  for (const cart of ["one", "two", "three"]) await tell(server.url, `cart/${cart}`, "checkout");
  const lines = [{ sku: "lamp", count: 1 }];
  for (const _ of [1, 2]) await tell(server.url, "order/twice", "place", { cart: "none", lines });
  await expect(count(page)).toHaveText("Dead letters4");
  await page.getByRole("button", { name: "4 dead letters now" }).click();
  await expect(letters(page)).toHaveText([
    /^place.*order twice.*the order was placed before/,
    /^checkout.*cart three.*the cart is empty/,
    /^checkout.*cart two/,
    /^checkout.*cart one/,
  ]);

  await test.step("each has its details, and links to its actor and its group", async () => {
    await letter(page, "cart three").locator("summary").click();
    await expect(letter(page, "cart three")).toContainText("GreenroomError: the cart is empty at");
    await letter(page, "cart three").getByRole("link", { name: "the cart is empty" }).click();
    await expect(page).toHaveURL(/\/dead-letters\/[0-9a-f]{16}$/);
    await expect(letters(page)).toHaveCount(3);
    await page.goto("/dead-letters/all?type=order");
    await expect(letters(page)).toHaveCount(1);
    await page.goto("/dead-letters/all?type=stock");
    await expect(page.getByText("No matching dead letters.")).toBeVisible();
    await page.getByRole("link", { name: "Show all" }).click();
    await expect(letters(page)).toHaveCount(4);
  });

  await test.step("one is redriven, fails again, and returns", async () => {
    await letter(page, "cart one").locator("summary").click();
    await letter(page, "cart one")
      .getByRole("button", { name: /^Redrive/ })
      .click();
    await expect(job(page)).toContainText("Done: 1 of 1 dead letter redriven.");
    await refreshUntil(page, () => expect(letter(page, "cart one")).toContainText("2 attempts", { timeout: 500 }));
    await expect(letters(page).first()).toContainText("cart one");
  });

  await test.step("some are redriven, and the job's page can be opened again", async () => {
    for (const name of ["cart one", "cart two"]) await letter(page, name).getByRole("checkbox").check();
    await expect(page.getByText("2 selected")).toBeVisible();
    await page.getByRole("button", { name: "Redrive selected" }).click();
    await expect(job(page)).toContainText("Stopped: the trial failed; 1 left untouched.");
    await expect(page).toHaveURL(/job=/);
    await page.reload();
    await expect(job(page)).toContainText("Stopped: the trial failed");
    await page.getByRole("button", { name: "Close the redrive" }).click();
    await expect(job(page)).toHaveCount(0);
  });

  await test.step("a group is redriven, and those whose cause is fixed do not return", async () => {
    for (const cart of ["one", "two", "three"]) await tell(server.url, `cart/${cart}`, "add", { sku: "lamp" });
    await expect(count(page)).toHaveText("Dead letters4");
    await letter(page, "cart two").locator("summary").click();
    await letter(page, "cart two").getByRole("link", { name: "the cart is empty" }).click();
    await page.getByRole("button", { name: "Redrive group" }).click();
    await expect(job(page)).toContainText("Done: 3 of 3 dead letters redriven");
    await expect(count(page)).toHaveText("Dead letters1");
    await expect(page.getByText("No matching dead letters.")).toBeVisible();
  });
});

test.describe("messages that fail for most of a minute", () => {
  test.beforeAll(async ({ server }) => {
    for (const counter of [doomed, alsoDoomed]) await tell(server.url, counter, "enrich", { symbol: "ACME" });
    for (const by of [1, 2]) await tell(server.url, doomed, "increment", { by });
  });

  test("a command is queued from its form, and runs", async ({ page }) => {
    await visit(page, "/actors/counter/queued");
    const form = await openForm(page, "increment");
    await form.getByRole("textbox", { name: "by" }).fill("3");
    await form.getByRole("button", { name: "Queue increment (don't wait)" }).click();
    await expect(form).toContainText("In the mailbox. It runs in order.");
    await expect(form).toContainText(/message [0-9a-f-]+…[0-9a-f-]+/);
    await expect(fact(page, "Head seq")).toHaveText("1");
    await expect(member(page, "value: 3")).toBeVisible();
    await expect(fact(page, "Mailbox")).toHaveText("0 queued");

    await form.getByText("Advanced").click();
    await form.getByLabel("Idempotency key").fill("once");
    await form.getByRole("button", { name: "Queue increment (don't wait)" }).click();
    await expect(fact(page, "Head seq")).toHaveText("2");
    await form.getByRole("button", { name: "Queue increment (don't wait)" }).click();
    await expect(form).toContainText("This idempotency key was used before: nothing was added.");
    await page.getByRole("tab", { name: "Mailbox" }).click();
    await expect(page.getByText("The mailbox is empty.")).toBeVisible();
    await expect(fact(page, "Head seq")).toHaveText("2");
  });

  test("a failing message is shown with its error, its next attempt, and the messages behind it", async ({ page }) => {
    await visit(page, `/actors/${doomed}?tab=mailbox`);
    const why = page.getByText(
      /^Blocked by message .* \(enrich\), attempt \d+ (now|in \d+ s); 2 queued behind it\. The last attempt failed: EffectFailed: .* answered 500\.$/,
    );
    await expect(why).toBeVisible();
    await expect(lifecycle(page, "waiting")).toBeVisible();
    await expect(page.getByRole("tab", { name: "Mailbox" })).toHaveText("Mailbox 3");
    await expect(fact(page, "Mailbox")).toHaveText("3 queued");
    const mails = page.getByRole("region", { name: "Mailbox" }).getByRole("listitem");
    await expect(mails).toHaveText([/enrich.*attempt/, /increment.*no attempt yet/, /increment.*no attempt yet/]);

    await mails.first().locator("summary").click();
    await expect(mails.first()).toContainText('{symbol: "ACME"}');
    await expect(mails.first()).toContainText("at drive");
    const attempts = async () => Number(/attempt (\d+) (?:now|in)/.exec((await why.textContent()) ?? "")?.[1]) - 1;
    const before = await attempts();
    await expect.poll(attempts, { message: "another attempt, seen live", timeout: 40_000 }).toBeGreaterThan(before);
    await expect(mails.first()).toContainText(`${await attempts()} attempts`);
  });

  test("nothing moves under the mouse when a message fails and is retried", async ({ page, server }) => {
    await ask(server.url, "counter/still", "increment");
    await visit(page, "/actors/counter/still?tab=mailbox");
    const boxes = await watchBoxes(page);
    await tell(server.url, "counter/still", "enrich", { symbol: "ACME" });
    await tell(server.url, "counter/still", "increment");
    const first = page.getByRole("region", { name: "Mailbox" }).getByRole("listitem").first();
    await expect(first).toContainText(/attempts?, next/);
    const attempts = async () => Number(/(\d+) attempts?,/.exec((await first.textContent()) ?? "")?.[1]);
    const before = await attempts();
    await page.getByRole("button", { name: "Retry now" }).click();
    await expect.poll(attempts).toBeGreaterThan(before);
    const positions = await boxes.evaluate((seen) => [...seen].map(([name, all]) => [name, ...all]));
    expect(positions, "the header, six buttons in it, five tabs, two rows").toHaveLength(14);
    expect(
      positions.filter(([, ...all]) => all.length > 1),
      "elements that moved",
    ).toEqual([]);
    await page.getByRole("button", { name: "Skip message" }).click();
    await expect(fact(page, "Mailbox")).toHaveText("0 queued");
  });

  test("a cart's reminder is listed", async ({ page, server }) => {
    await tell(server.url, "cart/left", "add", { sku: "lamp" });
    await visit(page, "/actors/cart/left?tab=mailbox");
    const reminders = page.getByRole("region", { name: "Reminders" });
    await expect(reminders.getByRole("listitem")).toHaveText([/^abandoned.*abandon.*in \d+ d.*once/]);
  });

  test("failed messages become dead letters; a redrive starts with a trial, and can be stopped", async ({
    page,
    server,
  }) => {
    test.setTimeout(2 * DEAD_LETTER_MS);
    await expect.poll(() => lettersOf(server.url, "counter"), { timeout: DEAD_LETTER_MS }).toBe(2);
    await visit(page, "/dead-letters/all?type=counter");
    await expect(letters(page).first()).toContainText("10 attempts");
    await letters(page).first().locator("summary").click();
    await letters(page)
      .first()
      .getByRole("link", { name: /EffectFailed/ })
      .click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dead letters of one cause");
    await page.getByRole("button", { name: "Redrive group" }).click();
    await expect(job(page)).toContainText(/Trial: 1 of 2 dead letters first; .*, 1\d attempts so far\./);
    await expect(job(page), "the latest error").toContainText("answered 500");
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(job(page)).toContainText("Stopped: 1 of 2 dead letters redriven; the others left untouched.");
    await expect(letters(page)).toHaveCount(1);

    await page.getByRole("button", { name: "Close the redrive" }).click();
    await expect(letters(page).getByRole("checkbox")).toBeEnabled();
  });
});

/** Records all positions of an actor's header, its buttons, its tabs and its mailbox's rows, in each frame from now on. */
function watchBoxes(page: Page): Promise<JSHandle<Map<string, Set<string>>>> {
  return page.evaluateHandle(() => {
    const seen = new Map<string, Set<string>>();
    const look = () => {
      const all = document.querySelectorAll("main header, main header button, [role=tab], summary[data-row]");
      for (const element of all) {
        const { x, y, width, height } = element.getBoundingClientRect();
        const name = `${element.tagName} ${/[A-Za-z]+/.exec(element.textContent)?.[0]}`;
        seen.set(name, (seen.get(name) ?? new Set()).add([x, y, width, height].join(" ")));
      }
      requestAnimationFrame(look);
    };
    look();
    return seen;
  });
}

/** The link to the dead letters, with their number. */
function count(page: Page): Locator {
  return page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Dead letters" });
}

function letters(page: Page): Locator {
  return page.getByRole("region", { name: "Dead letters" }).getByRole("listitem");
}

function letter(page: Page, actor: string): Locator {
  return letters(page).filter({ hasText: actor });
}

function job(page: Page): Locator {
  return page.getByRole("region", { name: "Redrive" });
}

/** The number of dead letters of a type. */
async function lettersOf(url: string, type: string): Promise<number> {
  const response = await fetch(`${url}/api/dead-letters?type=${type}`);
  return ((await response.json()) as { items: unknown[] }).items.length;
}

/** Reloads the list until it shows the expected rows. */
async function refreshUntil(page: Page, shows: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.reload();
    await shows();
  }).toPass({ timeout: DEAD_LETTER_MS });
}
