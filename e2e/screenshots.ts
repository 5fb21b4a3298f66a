/**
 * Makes the screenshots of the README: `npm run screenshots`, or `npm run screenshots -- 60` for a minute of traffic
 * instead of the five that fill the charts.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import { pageOf } from "./actors.ts";
import { findBrowser } from "./browser.ts";
import { member, openForm, visit } from "./console.ts";
import { TestServer } from "./server.ts";
import { regular, shopTraffic } from "./traffic.ts";

const seconds = Number(process.argv[2] ?? 300);
const directory = path.join(import.meta.dirname, "../docs/screenshots");

/** The pages, and how each is made to show what it can do; `product` is another one for each theme. */
const shots: { name: string; path: string; prepare: (page: Page, product: string) => Promise<void> }[] = [
  { name: "overview", path: "/", prepare: (page) => page.locator("canvas").nth(2).waitFor() },
  { name: "actors", path: "/actors?q=norway", prepare: async () => undefined },
  { name: "actor", path: pageOf(regular), prepare: viewProduct },
];

const server = await TestServer.create({ PASSIVATE_AFTER: "1m", INACTIVITY_CHECK: "5s" });
try {
  await server.start();
  await mkdir(directory, { recursive: true });
  const enough = new AbortController();
  const traffic = shopTraffic(server.url, enough.signal);
  try {
    await Promise.race([traffic, sleep(seconds * 1000)]);
    await takeAll();
  } finally {
    enough.abort();
    await traffic;
  }
} finally {
  await server.close();
}

async function takeAll(): Promise<void> {
  const browser = await chromium.launch({ ...(await findBrowser()), args: ["--disable-gpu", "--disable-lcd-text"] });
  try {
    for (const [theme, product] of [
      ["dark", "84029G"],
      ["light", "84406B"],
    ] as const) {
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: { width: 1440, height: 900 },
        timezoneId: "UTC",
        reducedMotion: "reduce",
      });
      await context.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
      const page = await context.newPage();
      for (const shot of shots) {
        await visit(page, shot.path);
        await shot.prepare(page, product);
        await page.mouse.move(0, 0);
        await page.screenshot({ path: path.join(directory, `${shot.name}-${theme}.png`) });
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function viewProduct(page: Page, product: string): Promise<void> {
  const form = await openForm(page, "viewProduct");
  await form.getByLabel("productId").fill(product);
  await form.getByRole("button", { name: "Send viewProduct" }).click();
  await form.getByText("Reply", { exact: true }).waitFor();
  await member(page, `0: "${product}"`).waitFor();
}
