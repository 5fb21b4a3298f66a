import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility.ts";
import { ask, increments, send } from "./actors.ts";
import { member, visit } from "./console.ts";
import { expect, test } from "./test.ts";

/** The status line with the seq in view. */
const where = (page: Page) => page.getByRole("main").getByRole("status").filter({ hasText: /seq/ });
const chooser = (page: Page) => page.getByLabel("History file");

async function openExport(page: Page, to: string): Promise<void> {
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download/ }).click();
  await (await download).saveAs(to);
}

test("a history is exported, and viewed from the file by the browser alone", async ({ page, server }, testInfo) => {
  await send(server.url, increments("filed", 2_500));
  await ask(server.url, "counter/filed", "decrement", { by: 2_000 });
  const [whole, part] = [testInfo.outputPath("whole.ndjson"), testInfo.outputPath("part.ndjson")];
  await visit(page, "/actors/counter/filed/time?at=2100&vs=1900");
  await openExport(page, part);
  await page.getByRole("region", { name: "Export" }).getByText("All entries").click();
  await page.getByRole("link", { name: "Download 2,501 entries" }).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await visit(page, "/actors/counter/filed/time");
  await openExport(page, whole);

  await page.getByRole("link", { name: "Open a history" }).click();
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" || request.url().includes("/api/actors/")) sent.push(request.url());
  });
  await chooser(page).setInputFiles(whole);
  await expect(where(page)).toHaveText("Viewing seq 2,501 of 2,501, from a file");
  await expect(member(page, /value: 500$/)).toBeVisible();
  const a = page.getByRole("slider", { name: "Marker A" });
  await a.press("Home");
  await expect(page.getByText("No state yet.")).toBeVisible();
  await page.getByRole("textbox", { name: "Seq" }).fill("1337");
  await page.getByRole("textbox", { name: "Seq" }).press("Enter");
  await expect(member(page, /value: 1337$/)).toBeVisible();
  await expect(page).toHaveURL(/\/open\?at=1337$/);
  await expect(page.getByRole("region", { name: /^Entry 1,337/ })).toContainText("increment");
  await expect(page.getByRole("button", { name: /Fork|Verify|Export|Edit and resend/ })).toHaveCount(0);
  await expect(page.getByRole("link", { name: /^Trace message/ })).toHaveCount(0);
  await a.press("d");
  await expect(page.getByRole("list", { name: "Changes" })).toHaveText(/changed\s*value\s*1336→1337/);
  await page.getByRole("list", { name: "Changes" }).getByRole("button").click();
  const blame = page.getByRole("region", { name: "Changes of /value" });
  await expect(blame.getByRole("listitem").first()).toContainText(/1,337increment.*1336→1337/);
  await blame.getByRole("button", { name: /^Search before/ }).click();
  await expect(blame.getByRole("listitem").nth(150)).toContainText(/1,187increment/);
  expect(sent, "requests to the server").toEqual([]);

  await test.step("a range, dropped on the page, starts with the state before it", async () => {
    const text = await readFile(part, "utf8");
    const dropped = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], "part.ndjson"));
      return transfer;
    }, text);
    await page.getByRole("main").locator("> div").dispatchEvent("drop", { dataTransfer: dropped });
    await expect(page.getByRole("list", { name: "File" })).toContainText("201 entries of 2,501: 1,900 to 2,100");
    await page.getByRole("button", { name: "Compare" }).click();
    await a.press("Home");
    await expect(where(page)).toHaveText("Viewing seq 1,899 of 2,100, from a file");
    await expect(member(page, /value: 1899$/)).toBeVisible();
    await page.keyboard.press("l");
    await expect(member(page, /value: 2100$/)).toBeVisible();
  });
});

test("an invalid file is refused, with the line", async ({ page, server }, testInfo) => {
  await send(server.url, increments("cut", 50));
  const text = await (await fetch(`${server.url}/api/actors/counter/cut/export`)).text();
  await page.goto("/open?at=20");
  await expect(page.getByText("This URL shows seq 20 of a file")).toBeVisible();
  const refused = page.getByRole("alert").filter({ hasText: "Could not open" });
  const lines = text.split("\n");
  for (const [content, complaint] of [
    [text.slice(0, 5_000), /Line \d+: the file ends within the line: it is truncated/],
    [lines.toSpliced(-2).join("\n"), "Line 52: expected the last line, with count and checksum, but the file ends"],
    [lines.toSpliced(20, 1).join("\n"), "Line 21: expected entry 20, found entry 21"],
    [text.replace('"reply":33', '"reply":34'), "Line 52: the checksum does not match: the file was changed"],
    [text.replace('"version":1', '"version":9'), "Line 1: the file has format version 9"],
    ["<h1>No</h1>", "Line 1: expected the header of a history"],
  ] as const) {
    const file = testInfo.outputPath("bad.ndjson");
    await writeFile(file, content);
    await chooser(page).setInputFiles(file);
    await expect(refused).toContainText(complaint);
  }

  await expectAccessible(page, "a refused file");
  await chooser(page).setInputFiles({ name: "cut.ndjson", mimeType: "", buffer: Buffer.from(text) });
  await expect(where(page)).toHaveText("Viewing seq 20 of 50, from a file");
  await expect(member(page, /value: 20$/)).toBeVisible();
  await expectAccessible(page, "an open file");
});

test("a file's content is shown as text, and cannot change the page's objects", async ({ page, server }) => {
  const image = "<img src=x onerror=alert(1)>";
  await ask(server.url, "order/hostile", "place", { cart: image, lines: [{ sku: image, count: 1 }] });
  const text = await (await fetch(`${server.url}/api/actors/order/hostile/export?to=1`)).text();
  await page.goto("/open");
  await chooser(page).setInputFiles({ name: "<b>.ndjson", mimeType: "", buffer: Buffer.from(text) });
  await expect(where(page)).toHaveText("Viewing seq 1 of 1, from a file");
  await expect(page.getByRole("tree", { name: "State", exact: true })).toContainText(image);
  expect(await page.locator("main img").count()).toBe(0);
  const hostile = text.replace('"kind":"turn"', '"__proto__":{"polluted":1},"kind":"turn"');
  await page.getByRole("button", { name: "Close file" }).click();
  await chooser(page).setInputFiles({ name: "b.ndjson", mimeType: "", buffer: Buffer.from(hostile) });
  await expect(page.getByRole("alert").filter({ hasText: "Could not open" })).toContainText(
    'Line 2: a member is named "__proto__"',
  );
});
