import { readFileSync } from "node:fs";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { increments, send } from "./actors.ts";
import { findBrowser } from "./browser.ts";
import { visit } from "./console.ts";
import { TestServer } from "./server.ts";

/**
 * Scrubs through an actor's journal for some minutes and reports the tab's memory after garbage collections:
 * `npm run scrub-memory -- 5`. Steady growth is a leak.
 */

const ENTRIES = 50_000;
/** The interval of reports, in milliseconds. */
const LOOK_MS = 30_000;
const MEGABYTE = 1024 * 1024;

const minutes = Number(process.argv[2] ?? 5);
if (!(minutes > 0)) throw new Error("Give the number of minutes: npm run scrub-memory -- 5");

const server = await TestServer.create({});
try {
  await server.start();
  for (let made = 0; made < ENTRIES; made += 5_000) await send(server.url, increments("long", 5_000));
  const browser = await chromium.launch({ ...(await findBrowser()), args: ["--disable-gpu"] });
  try {
    await scrubAll(browser);
  } finally {
    await browser.close();
  }
} finally {
  await server.close();
}

async function scrubAll(browser: Browser): Promise<void> {
  const page = await browser.newPage({ baseURL: server.url, viewport: { width: 1440, height: 900 } });
  await visit(page, "/actors/counter/long/time");
  const devtools = await page.context().newCDPSession(page);
  const process = await rendererOf(browser);
  await devtools.send("Performance.enable");
  const endsAt = Date.now() + minutes * 60_000;
  const startedAt = Date.now();
  let steps = 0;
  await report(devtools, process, startedAt, steps);
  for (let lookAt = startedAt + LOOK_MS; Date.now() < endsAt; ) {
    steps += await scrub(page);
    if (Date.now() < lookAt) continue;
    lookAt += LOOK_MS;
    await report(devtools, process, startedAt, steps);
  }
}

/** Moves to the ends, by steps, by pages and to random seqs, and compares; returns the number of moves. */
async function scrub(page: Page): Promise<number> {
  const a = page.getByRole("slider", { name: "Marker A" });
  const keys = ["Home", "End", ...keysOf("ArrowLeft", 20), ...keysOf("PageDown", 5), ...keysOf("ArrowRight", 20)];
  for (const key of keys) await a.press(key);
  for (let i = 0; i < 10; i++) {
    const seq = page.getByRole("textbox", { name: "Seq" });
    await seq.fill(`${1 + Math.floor(Math.random() * ENTRIES)}`);
    await seq.press("Enter");
    await page.locator("section[aria-label=State][aria-busy=false]").waitFor();
  }
  await a.press("d");
  await page.getByRole("list", { name: "Changes" }).waitFor();
  await a.press("[");
  await a.press("d");
  await a.press("l");
  return keys.length + 10 + 2;
}

function keysOf(key: string, count: number): string[] {
  return Array.from({ length: count }, () => key);
}

async function report(devtools: CDPSession, process: number | null, startedAt: number, steps: number): Promise<void> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { metrics } = await devtools.send("Performance.getMetrics");
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  const figures = [
    `${Math.round((Date.now() - startedAt) / 1_000)} s`,
    `${(of("JSHeapUsedSize") / MEGABYTE).toFixed(1)} MB of heap`,
    `${of("Nodes")} nodes`,
    `${of("JSEventListeners")} listeners`,
    ...(process === null ? [] : [`${residentOf(process)} MB of the tab's process`]),
    `${steps} moments`,
  ];
  globalThis.process.stdout.write(`${figures.join(", ")}\n`);
}

/** The process id of the browser's one tab; null if the system does not provide it. */
async function rendererOf(browser: Browser): Promise<number | null> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const tab = processInfo.filter(({ type }) => type === "renderer").sort((a, b) => b.cpuTime - a.cpuTime)[0];
  await devtools.detach();
  return tab === undefined || globalThis.process.platform !== "linux" ? null : tab.id;
}

function residentOf(process: number): number {
  const status = readFileSync(`/proc/${process}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
}
