import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import type { Page as ListPage } from "../server/protocol/actors.ts";
import type { Entry } from "../server/protocol/journal.ts";
import { connection, fact, visit } from "./console.ts";
import { unreachable } from "./faults.ts";
import type { TestServer } from "./server.ts";
import { expect, test } from "./test.ts";

/** The interval of sending commands, in milliseconds, and their number: 200 per second. */
const TICK_MS = 50;
const A_TICK = 10;
/** The duration of each offline phase, in milliseconds. */
const OFFLINE_MS = 10_000;
/** The delay before an unanswered command is sent again, in milliseconds. */
const RETRY_MS = 500;

test("2. Live without gaps: at 200 commits a second, offline three times, the server restarted once, the rows shown are the journal", async ({
  page,
  context,
  server,
  faults,
}) => {
  test.setTimeout(120_000);
  await visit(page, "/actors/counter/gapless?tab=journal");
  faults.expect(unreachable);
  const load = new Load(server);
  const running = load.run();
  for (const restarts of [false, true, false]) {
    await expect(connection(page)).toHaveText(/Live/);
    await context.setOffline(true);
    await expect(connection(page)).toContainText("Reconnecting since");
    await Promise.all([sleep(OFFLINE_MS), restarts && server.stop().then(() => server.start())]);
    await context.setOffline(false);
    await expect(connection(page)).toHaveText(/Live · caught up/, { timeout: 20_000 });
  }
  const sent = await load.stop(running);

  await expect(fact(page, "Head seq")).toHaveText(sent.toLocaleString("en-US"));
  const journal = await entries(server, "gapless");
  expect(journal, "what is stored: each command once").toHaveLength(sent);
  expect(await allRows(page), "what is shown").toEqual(
    journal.toReversed().map(({ seq, body }) => [seq, replyOf(body)]),
  );
});

/** Increments a counter continuously, each increment once, also across restarts of the server. */
class Load {
  readonly #server: TestServer;
  readonly #pending = new Set<Promise<void>>();
  #sent = 0;
  #isDone = false;

  constructor(server: TestServer) {
    this.#server = server;
  }

  async run(): Promise<void> {
    for (let next = Date.now(); !this.#isDone; next += TICK_MS) {
      for (let i = 0; i < A_TICK; i++) {
        const sending = this.#increment(`gapless-${this.#sent++}`).finally(() => this.#pending.delete(sending));
        this.#pending.add(sending);
      }
      await sleep(Math.max(0, next + TICK_MS - Date.now()));
    }
  }

  /** Stops; resolves with the number of increments once all have committed. */
  async stop(running: Promise<void>): Promise<number> {
    this.#isDone = true;
    await running;
    await Promise.all(this.#pending);
    return this.#sent;
  }

  async #increment(idempotencyKey: string): Promise<void> {
    for (;;) {
      const response = await fetch(`${this.#server.url}/api/actors/counter/gapless/commands/increment`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
        body: "{}",
      }).catch(() => null);
      await response?.arrayBuffer().catch(() => null);
      if (response?.ok) return;
      await sleep(RETRY_MS);
    }
  }
}

/** All entries of a counter's journal, oldest first, from the server. */
async function entries({ url }: TestServer, id: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let after = 0; ; ) {
    const response = await fetch(`${url}/api/actors/counter/${id}/journal?after=${after}&limit=500`);
    const { items } = (await response.json()) as ListPage<Entry>;
    if (items.length === 0) return found;
    found.push(...items);
    after = items.at(-1)?.seq ?? 0;
  }
}

function replyOf(body: Entry["body"]): string {
  return body.kind === "turn" ? JSON.stringify(body.reply) : "";
}

/** The seq and the reply of every row of the journal, newest first, by scrolling through all of them. */
async function allRows(page: Page): Promise<[seq: number, reply: string][]> {
  const grid = page.getByRole("grid", { name: "Entries" });
  await grid.press("Home");
  await expect(page.getByText("Live.")).toBeVisible();
  const found = await grid.evaluate(async (element) => {
    const rows = new Map<number, string>();
    const scroller = element.parentElement as HTMLElement;
    const painted = () => new Promise((done) => requestAnimationFrame(done));
    const rendered = () => [...element.querySelectorAll("tbody tr[aria-rowindex]")];
    // Rows follow the scroll position a few frames later, or more on a busy machine.
    const isCovered = () => {
      const [view, shown] = [scroller.getBoundingClientRect(), rendered().map((row) => row.getBoundingClientRect())];
      return (shown[0]?.top ?? Infinity) <= view.top + 2 * 28 && (shown.at(-1)?.bottom ?? 0) >= view.bottom - 28;
    };
    for (; !rows.has(1); await painted()) {
      if (!isCovered()) continue;
      for (const { children } of rendered()) {
        rows.set(Number(children[0]?.textContent?.replaceAll(",", "")), children[4]?.textContent ?? "");
      }
      // Less than a page, so that no row is skipped; older ones are loaded at the end.
      scroller.scrollBy(0, scroller.clientHeight / 2);
    }
    return [...rows];
  });
  return found.sort(([a], [b]) => b - a);
}
