import { pageOf } from "./actors.ts";
import { connection, openForm, visit } from "./console.ts";
import { expect, test } from "./test.ts";

test("an unused actor has a page that says so, with the forms that would create it", async ({ page, server }) => {
  const key = ["never", "used"];
  await visit(page, pageOf(key));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("never");
  await expect(page.getByText("Never used. Nothing is stored for this key.")).toBeVisible();
  await expect(page.getByText("Nothing committed yet.")).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: /could not/i })).toHaveCount(0);
  await openForm(page, "useCart");
  const answer = await fetch(`${server.url}/api${pageOf(key)}`);
  expect(answer.status, "viewing it does not create it").toBe(404);
});

test("an unknown type, an invalid key and an unknown address are not found, rather than empty", async ({
  page,
  faults,
}) => {
  faults.expect(/status of 404|^answer: 404/);
  const tooLong = pageOf(["a".repeat(1000), "b".repeat(25)]);
  for (const path of [
    "/actors/no-such-type/a:b",
    "/actors/user-state/alone",
    "/actors/user-state/a.b:c",
    tooLong,
    "/nowhere",
  ]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(connection(page)).toHaveText(/Connected$/);
    await expect(page.getByText("Page not found."), path).toBeVisible();
    await expect(page.getByText("Nothing committed yet.")).toHaveCount(0);
  }
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page).toHaveURL("/");
});
