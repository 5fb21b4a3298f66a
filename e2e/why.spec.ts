import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { query } from "../server/testing/database/sql.ts";
import { tell } from "./actors.ts";
import { fact, lifecycle, member, visit } from "./console.ts";
import { test as base } from "./database.ts";
import { expect } from "./test.ts";

/** The server's counters get quotes from a service of this test: SLOW never answers, BROKEN fails, others succeed. */
const test = base.extend<object, { serverEnv: Record<string, string> }>({
  serverEnv: [
    async ({ database }, use) => {
      const quotes = createServer((request, response) => {
        const symbol = request.url?.split("/").at(-1);
        if (symbol !== "SLOW")
          response.writeHead(symbol === "BROKEN" ? 500 : 200).end(JSON.stringify({ quote: symbol }));
      }).listen(0, "127.0.0.1");
      await once(quotes, "listening");
      const { port } = quotes.address() as AddressInfo;
      await use({ DATABASE_URL: database.url, QUOTE_SERVICE: `http://127.0.0.1:${port}`, ALLOW_CHAOS: "1" });
      quotes.close();
      quotes.closeAllConnections();
      await once(quotes, "close");
    },
    { scope: "worker" },
  ],
});

test('10. "Why isn\'t it moving?": one sentence with evidence, and the actions', async ({
  page,
  server,
  database,
  faults,
}) => {
  faults.expect(/\b503\b/);

  await test.step("a message backs off: which one, its next attempt, and the messages behind it", async () => {
    await tell(server.url, "counter/blocked", "enrich", { symbol: "BROKEN" });
    for (let i = 0; i < 17; i++) await tell(server.url, "counter/blocked", "increment");
    await visit(page, "/actors/counter/blocked");
    await expect(why(page)).toHaveText(
      /^Blocked by message \S+ \(enrich\), attempt \d+ (now|in \d+ s); 17 queued behind it\. The last attempt failed: EffectFailed: .* answered 500\.$/,
    );
    await page.getByRole("button", { name: "Skip message" }).click();
    await expect(member(page, "value: 17")).toBeVisible();
    await expect(why(page)).toHaveText(/^Active: /);
  });

  await test.step("an effect runs: which one, and for how long", async () => {
    await tell(server.url, "counter/parked", "increment", { by: 5 });
    await tell(server.url, "counter/parked", "compare", { symbol: "FAST", other: "SLOW" });
    await tell(server.url, "counter/parked", "increment");
    await visit(page, "/actors/counter/parked");
    await expect(why(page)).toHaveText(
      /^Waiting: effect "quote" \(#1\) of compare running for \d+ m?s, attempt 1; 2 messages queued\.$/,
    );
  });

  await test.step("it is parked because its code requests another effect than recorded: at which message, and why", async () => {
    await query(
      database.url,
      `UPDATE entry SET body = replace(body::text, '"name":"quote"', '"name":"rate"')::json
       WHERE kind = 'effect' AND actor_id = (SELECT id FROM actor WHERE key = 'parked')`,
    );
    await page.getByRole("button", { name: "Simulate crash" }).click();
    await expect(lifecycle(page, "failed")).toBeVisible();
    await expect(why(page)).toHaveText(
      /^Parked at message \S+ \(compare\): its code asks for the effect "quote" where the effect "rate" is recorded as effect #0; 1 queued behind it\. Deploy matching code, or intervene\.$/,
    );
    await page.getByRole("button", { name: "Move to dead letters" }).click();
    await expect(member(page, "value: 6")).toBeVisible();
    await visit(page, "/dead-letters/all?type=counter");
    await expect(page.getByRole("listitem").filter({ hasText: "compare" })).toContainText("Given up by a person");
  });

  await test.step("a checkpoint is damaged: it was skipped, and recovery started elsewhere", async () => {
    for (let i = 0; i < 25; i++) await tell(server.url, "counter/damaged", "increment");
    await visit(page, "/actors/counter/damaged");
    await expect(fact(page, "Newest checkpoint")).toContainText("20");
    await query(
      database.url,
      "UPDATE checkpoint SET checksum = 'x' WHERE seq = 20 AND actor_id = (SELECT id FROM actor WHERE key = 'damaged')",
    );
    await page.getByRole("button", { name: "Simulate crash" }).click();
    await expect(page.getByText(/^Recovered .* from checkpoint 10 and 15 entries after it\.$/)).toBeVisible();
    await expect(
      page.getByText(/Checkpoint 20 is damaged and was skipped: the checksum of its state is/),
    ).toBeVisible();
    await expect(member(page, "value: 25")).toBeVisible();
  });

  await test.step("the database is down: a distinct error with retry, and the old data with its time", async () => {
    database.down();
    const down = page.getByRole("alert").filter({ hasText: "The database does not answer." });
    await expect(down).toContainText(/Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    await expect(member(page, "value: 25")).toBeVisible();
    database.up();
    await expect(down).toHaveCount(0);
  });
});

/** The sentence under the actor's name with the reason for its lifecycle. */
function why(page: Page) {
  return page.getByText(/^(Active|Waiting|Blocked|Parked|Failed|Passivated|Processing|Recovering)\b.*\.$/);
}
