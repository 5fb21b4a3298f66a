import type { Page } from "@playwright/test";
import { pageOf, send, views } from "./actors.ts";
import { connection, fact, member, openForm, toast, visit } from "./console.ts";
import { unreachable } from "./faults.ts";
import { expect, test } from "./test.ts";

/** The note on an actor's page while it is not live. */
const notCurrent = /^Last known state, not live since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, /;

test("a page that was offline while 500 commands committed shows the newest state and what it caught up on", async ({
  page,
  context,
  server,
  faults,
}) => {
  const key = ["offline", "once"];
  const all = views(key, 502);
  await visit(page, pageOf(key));
  await send(server.url, all.slice(0, 1));
  await expect(fact(page, "Revision")).toHaveText("1");

  faults.expect(unreachable);
  await context.setOffline(true);
  await expect(connection(page)).toContainText("Reconnecting since");
  await send(server.url, all.slice(1, 501));
  await expect(fact(page, "Revision")).toHaveText("1");
  await expect(page.getByText(notCurrent)).toBeVisible();

  await context.setOffline(false);
  await expect(toast(page, /^Back after .*: 500 changes, revision 1 → 501\.$/)).toHaveCount(1);
  await expect(connection(page)).toHaveText(/Live · caught up 500$/);
  await expect(page.getByText(notCurrent)).toHaveCount(0);
  await expect(fact(page, "Revision")).toHaveText("501");
  await expectProducts(page, ["p501", "p500", "p499"]);

  await send(server.url, all.slice(501));
  await expect(fact(page, "Revision")).toHaveText("502");
  await expectProducts(page, ["p502", "p501", "p500"]);
  expect(await toast(page, /^Back after/).count(), "number of toasts").toBeLessThanOrEqual(1);
});

test("a list that was offline reports the changed and the created actors", async ({
  page,
  context,
  server,
  faults,
}) => {
  const [known, changed] = [
    ["offline-list", "known"],
    ["offline-list", "changed"],
  ];
  await send(server.url, [...views(known, 1), ...views(changed, 1)]);
  await visit(page, "/actors?q=offline-list");
  await expect(page.getByRole("row", { name: "offline-list / changed" })).toBeVisible();

  faults.expect(unreachable);
  await context.setOffline(true);
  await expect(connection(page)).toContainText("Reconnecting since");
  await expect(page.getByText(/newest activity first, as of .* · not live since \d{4}-/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Refresh" })).toBeDisabled();
  await send(server.url, [...views(changed, 4).slice(1), ...views(["offline-list", "new"], 1)]);

  await context.setOffline(false);
  await expect(toast(page, /^Back after .*: 1 actor of this list changed, 1 new\.$/)).toHaveCount(1);
  await expect(page.getByRole("row", { name: "offline-list / changed" }).getByRole("cell").nth(3)).toHaveText("4");
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(page.getByRole("row", { name: "offline-list / new" })).toBeVisible();
});

test("a page that loses its connection before the first frame is not live until one arrives, and says what it missed", async ({
  page,
  server,
}) => {
  const key = ["offline", "early"];
  const all = views(key, 2);
  await send(server.url, all.slice(0, 1));
  let watched: (cut: () => Promise<void>) => void = () => undefined;
  const joined = new Promise<() => Promise<void>>((resolve) => {
    watched = resolve;
  });
  let connections = 0;
  // Before the page loads, because it connects at once.
  await page.routeWebSocket(/\/socket\.io\//, (browser) => {
    const remote = browser.connectToServer();
    connections += 1;
    if (connections > 1) return;
    remote.onMessage((message) => {
      if (!message.includes('"frame"')) browser.send(message);
      if (message.includes('{"ok":true}')) watched(() => browser.close());
    });
  });
  await page.goto(pageOf(key));
  const cut = await joined;
  await expect(fact(page, "Revision")).toHaveText("1");
  await expect(connection(page)).toHaveText(/Connecting…$/);

  await send(server.url, all.slice(1));
  await cut();
  await expect(toast(page, /^Back after .*: 1 change, revision 1 → 2\.$/)).toHaveCount(1);
  await expect(connection(page)).toHaveText(/Live/);
});

test("after a kill of the server no acknowledged change is missing, and pages recover by themselves", async ({
  page,
  openWindow,
  server,
  faults,
}) => {
  const key = ["offline", "killed"];
  const all = views(key, 51);
  await visit(page, pageOf(key));
  const away = await openWindow();
  await visit(away, pageOf(key));
  await send(server.url, all.slice(0, 1));
  await expect(fact(away, "Revision")).toHaveText("1");

  faults.expect(unreachable);
  await away.context().setOffline(true);
  await expect(connection(away)).toContainText("Reconnecting since");
  await send(server.url, all.slice(1));
  await expect(fact(page, "Revision")).toHaveText("51");
  await server.kill();
  await expect(connection(page)).toContainText("Reconnecting since");
  await expectProducts(page, ["p51", "p50", "p49"]);

  await server.start();
  await expect(toast(page, /^Back after .*: nothing changed\.$/)).toHaveCount(1);
  await away.context().setOffline(false);
  await expect(toast(away, /^Back after .*: 50 changes, revision 1 → 51\.$/)).toHaveCount(1);
  for (const window of [page, away]) {
    await expect(fact(window, "Revision")).toHaveText("51");
    await expectProducts(window, ["p51", "p50", "p49"]);
  }

  const form = await openForm(page, "viewProduct");
  await form.getByLabel("productId").fill("after");
  await form.getByRole("button", { name: "Send viewProduct" }).click();
  await expect(form).toContainText("revision 52 ·");
  for (const window of [page, away]) await expectProducts(window, ["after", "p51", "p50"]);
});

async function expectProducts(page: Page, products: string[]): Promise<void> {
  for (const [i, product] of products.entries()) await expect(member(page, `${i}: "${product}"`)).toBeVisible();
}
