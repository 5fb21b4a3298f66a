import type { Page } from "@playwright/test";
import { tell } from "./actors.ts";
import { fact, lifecycle, member, openForm, toast, visit } from "./console.ts";
import { expect, test } from "./test.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test("7. Edit and resend: form and JSON in sync, an invalid field blocks, the result links to its entry", async ({
  page,
  openWindow,
  server,
}) => {
  await visit(page, "/actors/counter/resend");
  const form = await openForm(page, "increment");
  const by = form.getByRole("textbox", { name: "by" });
  const json = form.getByLabel("Payload as JSON");
  const sendIt = form.getByRole("button", { name: "Send increment" });

  await test.step("the form and the JSON stay in sync", async () => {
    await form.getByText("JSON, curl, TypeScript").click();
    await by.fill("2");
    await expect(json).toHaveValue('{\n  "by": 2\n}');
    await json.fill('{ "by": 41 }');
    await expect(by).toHaveValue("41");
    await by.fill("");
    await expect(json).toHaveValue("{}");
  });

  await test.step("an error in either blocks", async () => {
    await json.fill('{ "by": 0 }');
    await expect(by).toHaveAccessibleDescription("Must be more than 0.");
    await sendIt.click();
    await json.fill('{ "by": "many" }');
    await sendIt.click();
    await expect(json).toHaveAccessibleDescription("by must be an integer.");
    await json.fill('{ "by": ');
    await sendIt.click();
    await expect(json).toHaveAccessibleDescription(/^Not JSON/);
    await form.getByRole("button", { name: "Copy as curl" }).click();
    await expect(page.getByText("Nothing committed yet.")).toBeVisible();
  });

  await test.step("the result links to its entry", async () => {
    await json.fill('{ "by": 3 }');
    await sendIt.click();
    await expect(member(page, "value: 3")).toBeVisible();
    await form.getByRole("button", { name: "seq 1" }).click();
    await expect(page.getByRole("heading", { name: "Entry 1" })).toBeVisible();
  });

  await test.step("a journal entry's message is edited and resent, and names the original", async () => {
    await page.getByRole("button", { name: /^Edit and resend/ }).click();
    await expect(form.getByText(/^Resends message .* as a new message\./)).toBeFocused();
    await expect(by).toHaveValue("3");
    await by.fill("39");
    await sendIt.click();
    await expect(fact(page, "Head seq")).toHaveText("2");
    const { items } = await (await fetch(`${server.url}/api/actors/counter/resend/journal?after=0`)).json();
    const [one, other] = items.map(({ body }: { body: { messageId: string } }) => body.messageId);
    expect(items[1].body.message).toMatchObject({ payload: { by: 39 }, from: { resends: one } });
    const messages = await openWindow();
    await messages.goto(`/messages/${other}`);
    await expect(messages.getByRole("link", { name: `${one.slice(0, 6)}` })).toHaveAttribute(
      "href",
      `/messages/${one}`,
    );
    await messages.getByRole("button", { name: /^Edit and resend/ }).click();
    await expect(messages.getByRole("textbox", { name: "by" })).toHaveValue("39");
  });

  await test.step("the message is copied as code", async () => {
    await form.getByText("JSON, curl, TypeScript").click();
    await form.getByRole("button", { name: "Copy as curl" }).click();
    await expect(toast(page, "curl copied.")).toBeVisible();
    expect(await clipboard(page)).toBe(
      `curl -X POST '${server.url}/api/actors/counter/resend/commands/increment' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{"by":39}'`,
    );
    await form.getByRole("button", { name: "Copy as TypeScript" }).click();
    await expect(toast(page, "TypeScript copied.")).toBeVisible();
    expect(await clipboard(page)).toBe('await client.actor(Counter, ["resend"]).increment({\n  "by": 39\n});');
  });
});

test("7. Edit and resend, from a mailbox and from a dead letter", async ({ page, server }) => {
  await tell(server.url, "counter/waits", "enrich", { symbol: "ACME" });
  await tell(server.url, "cart/letter", "checkout");
  await visit(page, "/actors/counter/waits?tab=mailbox");
  await page.locator("summary", { hasText: "enrich" }).click();
  await page.getByRole("button", { name: /^Edit and resend/ }).click();
  const enrich = page.getByRole("form", { name: "enrich", exact: true });
  await expect(enrich.getByLabel("symbol")).toHaveValue("ACME");
  await enrich.getByRole("button", { name: "Discard" }).click();
  await expect(enrich.getByLabel("symbol")).toHaveValue("");

  await expect(async () => {
    await visit(page, "/dead-letters/all?type=cart");
    await page.locator("summary", { hasText: "checkout" }).first().click({ timeout: 500 });
  }).toPass();
  await page
    .getByRole("button", { name: /^Edit and resend/ })
    .first()
    .click();
  const checkout = page.getByRole("form", { name: "checkout", exact: true });
  await checkout.getByRole("button", { name: "Send checkout" }).click();
  await expect(checkout.getByRole("alert").filter({ hasText: "rejected" })).toContainText("the cart is empty");
});

test("an actor is passivated, crashed, and erased once its key is typed; other windows see it", async ({
  page,
  openWindow,
  server,
  faults,
}) => {
  // A page's requests may arrive after the actor is erased.
  faults.expect(/404.*\/api\/actors\/counter\/hand\//);
  for (const by of [1, 2]) await tell(server.url, "counter/hand", "increment", { by });
  const other = await openWindow();
  await Promise.all([visit(page, "/actors/counter/hand"), visit(other, "/actors/counter/hand")]);
  await expect(member(page, "value: 3")).toBeVisible();
  await page.getByRole("button", { name: "Passivate" }).click();
  await expect(lifecycle(page, "passivated")).toBeVisible();
  await expect(page.getByRole("button", { name: "Passivate" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Simulate crash" })).toBeDisabled();

  const form = await openForm(page, "increment");
  await form.getByRole("button", { name: "Send increment" }).click();
  await expect(lifecycle(page, "active")).toBeVisible();
  await expect(page.getByText(/^Recovered .* from checkpoint 2 and 0 entries after it\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Simulate crash" }).click();
  await expect(page.getByText(/^Recovered .* from checkpoint 2 and 1 entry after it\.$/)).toBeVisible();
  await expect(member(page, "value: 4")).toBeVisible();

  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("alertdialog");
  const erase = dialog.getByRole("button", { name: "Erase permanently: counter hand" });
  await expect(erase).toBeDisabled();
  await dialog.getByRole("textbox").fill("hand");
  await erase.click();
  for (const window of [page, other]) {
    await expect(window.getByText(/^Never used/)).toBeVisible();
    await expect(window.getByText("Nothing committed yet.")).toBeVisible();
  }
  await form.getByRole("button", { name: "Send increment" }).click();
  for (const window of [page, other]) {
    await expect(member(window, "value: 1")).toBeVisible();
    await expect(fact(window, "Head seq")).toHaveText("1");
  }
});
