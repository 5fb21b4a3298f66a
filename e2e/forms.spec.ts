import type { Page } from "@playwright/test";
import { pageOf, read, send, views } from "./actors.ts";
import { connection, fact, member, openForm, visit } from "./console.ts";
import { expect, test } from "./test.ts";

test("a form shows client-side errors at the field, and sends nothing", async ({ page }) => {
  const posts = countPosts(page);
  await visit(page, pageOf(["forms", "browser"]));
  const form = await openForm(page, "viewProduct");
  const productId = form.getByLabel("productId");
  const button = form.getByRole("button", { name: "Send viewProduct" });

  await button.click();
  await expect(productId).toHaveAccessibleDescription("Required.");
  await expect(productId).toHaveAttribute("aria-invalid", "true");
  await expect(productId).toBeFocused();

  await productId.fill("x".repeat(201));
  await button.click();
  await expect(productId).toHaveAccessibleDescription("At most 200 characters; has 201.");

  const choice = await openForm(page, "setMarketingOptIn");
  await choice.getByRole("button", { name: "Send setMarketingOptIn" }).click();
  await expect(choice.getByRole("radiogroup", { name: "optIn" })).toHaveAccessibleDescription("Required.");

  await expect(page.getByText("Nothing committed yet.")).toBeVisible();
  expect(posts(), "requests sent").toBe(0);

  const fixed = await openForm(page, "viewProduct");
  await productId.fill("x".repeat(200));
  await expect(productId).toHaveAttribute("aria-invalid", "false");
  await button.click();
  await expect(fixed).toContainText("revision 1 ·");
  expect(posts(), "requests sent").toBe(1);
});

test("an incomplete date is an error at the field, and nothing is sent", async ({ page }) => {
  const posts = countPosts(page);
  await visit(page, pageOf(["forms", "date"]));
  const form = await openForm(page, "userLogin");
  const at = form.getByLabel("at", { exact: true });
  await at.pressSequentially("0105");
  await form.getByRole("button", { name: "Send userLogin" }).click();
  await expect(at).toHaveAttribute("aria-invalid", "true");
  expect(posts(), "requests sent").toBe(0);
});

test("server-side errors are shown at the field too", async ({ page }) => {
  await visit(page, pageOf(["forms", "server"]));
  const form = await openForm(page, "viewProduct");
  const productId = form.getByLabel("productId");
  const button = form.getByRole("button", { name: "Send viewProduct" });
  // Valid for the schema and the browser, but Postgres cannot store it.
  await productId.fill("85123A\u0000");
  await button.click();
  await expect(form.getByRole("alert").filter({ hasText: "invalid_payload" })).toBeVisible();
  await expect(productId).toHaveAccessibleDescription("holds the character U+0000");
  await expect(productId).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("Nothing committed yet.")).toBeVisible();

  await productId.fill("85123A");
  await button.click();
  await expect(form).toContainText("revision 1 ·");
  await expect(productId).toHaveAttribute("aria-invalid", "false");
});

test("the same idempotency key returns the stored reply; another payload is refused", async ({ page }) => {
  await visit(page, pageOf(["forms", "repeat"]));
  const form = await openForm(page, "viewProduct");
  const button = form.getByRole("button", { name: "Send viewProduct" });
  await form.getByLabel("productId").fill("once");
  await form.getByText("Advanced", { exact: true }).click();
  await form.getByLabel("Idempotency key").fill("repeat-1");
  await button.click();
  await expect(form.getByText("Reply", { exact: true })).toBeVisible();
  await button.click();
  await expect(form.getByText("Stored reply", { exact: true })).toBeVisible();
  await expect(form).toContainText("revision 1 ·");

  await form.getByLabel("productId").fill("twice");
  await button.click();
  await expect(form.getByRole("alert").filter({ hasText: "idempotency_conflict" })).toBeVisible();
  await expect(fact(page, "Revision")).toHaveText("1");
});

test("a query returns an answer and changes nothing", async ({ page, server }) => {
  const key = ["forms", "query"];
  await send(server.url, views(key, 2));
  await visit(page, pageOf(key));
  const form = await openForm(page, "getUserState");
  await form.getByRole("button", { name: "Run getUserState" }).click();
  await expect(form.getByText("Answer", { exact: true })).toBeVisible();
  await expect(form).toContainText('"p2"');
  expect((await read(server.url, key)).head).toBe(2);
});

test("the keyboard is enough", async ({ page }) => {
  await visit(page, pageOf(["forms", "keyboard"]));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");

  await tabTo(page, "viewProduct");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("productId")).toBeFocused();
  await page.keyboard.type("typed");
  await page.keyboard.press("Enter");
  await expect(member(page, '0: "typed"')).toBeVisible();

  await tabTo(page, "setMarketingOptIn");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await expect(member(page, "marketingOptIn: true")).toBeVisible();
  await expect(fact(page, "Revision")).toHaveText("2");
  await expect(connection(page)).toHaveText(/Live$/);
});

/** Counts the messages that a page sends to the server. */
function countPosts(page: Page): () => number {
  let posts = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && !request.url().includes("/socket.io/")) posts += 1;
  });
  return () => posts;
}

/** Presses Tab until the element with the given text has the focus. */
async function tabTo(page: Page, text: string): Promise<void> {
  const wanted = page.getByText(text, { exact: true });
  const max = 60;
  for (let presses = 0; presses < max; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${text} is not reached after pressing Tab ${max} times.`);
}
