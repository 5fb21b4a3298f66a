/**
 * Takes the screenshots of the README: `npm run screenshots`, or `npm run screenshots -- 60` for a minute of traffic
 * instead of the five minutes that fill the charts.
 */
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import { ask, pageOf, tell } from "./actors.ts";
import { findBrowser } from "./browser.ts";
import { member, openForm, visit } from "./console.ts";
import { TestServer } from "./server.ts";
import { regular, shopTraffic } from "./traffic.ts";

const seconds = Number(process.argv[2] ?? 300);
const WIDTH = 1440;
const HEIGHT = 900;
const directory = path.join(import.meta.dirname, "../docs/screenshots");

/** The pages and their preparation; `product` differs for each theme. */
const shots: {
  name: string;
  path: string;
  height?: number;
  /** Whether the page is not live. */
  still?: true;
  prepare: (page: Page, product: string) => Promise<void>;
}[] = [
  { name: "overview", path: "/", height: 968, prepare: (page) => page.locator("canvas").nth(2).waitFor() },
  { name: "actors", path: "/actors?q=norway", prepare: async () => undefined },
  { name: "actor", path: pageOf(regular), prepare: viewProduct },
  {
    name: "journal",
    path: "/actors/counter/orders?tab=journal&seq=37",
    height: 1010,
    prepare: (page) => page.getByText("GR 1").first().waitFor(),
  },
  {
    name: "time",
    path: "/actors/counter/orders/time?at=37&vs=12",
    prepare: (page) => page.getByText(/Viewing seq 37/).waitFor(),
  },
  {
    name: "what-if",
    path: "/actors/counter/orders/time/what-if?at=20&step=23",
    height: 800,
    still: true,
    prepare: tryAnother,
  },
  { name: "open", path: "/open", height: 480, still: true, prepare: async () => undefined },
  { name: "timeline", path: "/actors/counter/orders?tab=timeline", height: 700, prepare: settled },
  { name: "message", path: "/messages/", height: 800, prepare: settled },
  { name: "stream", path: "/stream", height: 700, prepare: settled },
  { name: "type", path: "/types/user-state", prepare: settled },
  { name: "mailbox", path: "/actors/counter/late?tab=mailbox", height: 700, prepare: holdUp },
  { name: "checkpoints", path: "/actors/counter/orders?tab=checkpoints", height: 700, prepare: settled },
  { name: "reminders", path: "/actors/cart/left?tab=mailbox", height: 700, prepare: settled },
  { name: "dead-letters", path: "/dead-letters", height: 480, prepare: settled },
  { name: "dead-letter-group", path: "/dead-letters", height: 560, prepare: openGroup },
];

/** The commands for the journal's counter; entry 37 ends a turn with two effects. */
const counted: [command: string, payload: object][] = [
  ...Array.from({ length: 30 }, (_, i): [string, object] => ["increment", { by: 1 + (i % 4) }]),
  ["enrich", { symbol: "GR" }],
  ["compare", { symbol: "GR", other: "EN" }],
  ["decrement", { by: 7 }],
  ["increment", {}],
];

/** The service that counters ask for quotes; of LATE it never has one. */
let asked = 0;
const quotes = createServer((request, response) => {
  const symbol = request.url?.split("/").at(-1);
  const quote = `${symbol} ${(100 + ++asked / 100).toFixed(2)}`;
  response.writeHead(symbol === "LATE" ? 503 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify({ quote }));
}).listen(0, "127.0.0.1");
await once(quotes, "listening");
const server = await TestServer.create({
  PASSIVATE_AFTER: "30s",
  INACTIVITY_CHECK: "5s",
  QUOTE_SERVICE: `http://127.0.0.1:${(quotes.address() as AddressInfo).port}`,
});
try {
  await server.start();
  for (const [command, payload] of counted) await ask(server.url, "counter/orders", command, payload);
  const ordered = await order();
  await failSome();
  await mkdir(directory, { recursive: true });
  const enough = new AbortController();
  const traffic = shopTraffic(server.url, enough.signal);
  try {
    await Promise.race([traffic, sleep(seconds * 1000)]);
    await takeAll(ordered);
  } finally {
    enough.abort();
    await traffic;
  }
} finally {
  await server.close();
  quotes.close();
  quotes.closeAllConnections();
}

/** Orders two articles, one of them out of stock; returns the id of the first message. */
async function order(): Promise<string> {
  await ask(server.url, "cart/anna", "add", { sku: "lantern" });
  await ask(server.url, "cart/anna", "add", { sku: "kettle" });
  return (await ask(server.url, "cart/anna", "checkout")).messageId;
}

/** Creates dead letters with two causes, and an abandoned cart with a reminder. */
async function failSome(): Promise<void> {
  for (const cart of ["bert", "carla", "dora", "emil", "frida", "gustav"]) {
    await tell(server.url, `cart/${cart}`, "checkout");
  }
  const lines = [{ sku: "lantern", count: 1 }];
  for (let i = 0; i < 4; i++) await tell(server.url, "order/2041", "place", { cart: "dora", lines });
  await ask(server.url, "cart/left", "add", { sku: "kettle" });
}

async function takeAll(ordered: string): Promise<void> {
  const browser = await chromium.launch({ ...(await findBrowser()), args: ["--disable-gpu", "--disable-lcd-text"] });
  try {
    for (const [theme, product] of [
      ["dark", "84029G"],
      ["light", "84406B"],
    ] as const) {
      const context = await browser.newContext({
        baseURL: server.url,
        locale: "en-US",
        timezoneId: "UTC",
        reducedMotion: "reduce",
      });
      await context.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
      const page = await context.newPage();
      for (const shot of shots) {
        await page.setViewportSize({ width: WIDTH, height: shot.height ?? HEIGHT });
        const address = shot.name === "message" ? shot.path + ordered : shot.path;
        await (shot.still ? page.goto(address) : visit(page, address));
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

/** Waits for the streamed content. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await sleep(1_500);
}

async function viewProduct(page: Page, product: string): Promise<void> {
  const form = await openForm(page, "viewProduct");
  await form.getByLabel("productId").fill(product);
  await form.getByRole("button", { name: "Send viewProduct" }).click();
  await form.getByText("Reply", { exact: true }).waitFor();
  await member(page, `0: "${product}"`).waitFor();
}

/** Blocks a counter by a failing message with others behind it. */
async function holdUp(page: Page): Promise<void> {
  await tell(server.url, "counter/late", "enrich", { symbol: "LATE" });
  for (const by of [1, 2, 3]) await tell(server.url, "counter/late", "increment", { by });
  await page.getByText(/attempt [3-9] /).waitFor();
}

/** Changes the payload of a message. */
async function tryAnother(page: Page): Promise<void> {
  const form = page.getByRole("form", { name: "Payload of increment" });
  await form.getByLabel("by", { exact: true }).fill("40");
  await form.getByRole("button", { name: "Apply" }).click();
  await page.getByText("First divergence").waitFor();
}

/** Opens the dead letters of one cause and selects two of them. */
async function openGroup(page: Page): Promise<void> {
  await page.getByRole("region", { name: "Groups" }).getByRole("link").first().click();
  for (const cart of ["emil", "carla"]) {
    await page.getByRole("checkbox", { name: `Select checkout for cart ${cart}` }).check();
  }
}
