import { test as base, expect, type Page } from "@playwright/test";
import { PageFaults } from "./faults.ts";
import { START_MS, STOP_MS, TestServer } from "./server.ts";

interface OfWorker {
  /** The environment of the server, as in `test.use({ serverEnv: { PASSIVATE_AFTER: "2s" } })`. */
  serverEnv: Record<string, string>;
  /** A running server without actors, shared by the tests of a worker. */
  server: TestServer;
}

interface OfTest {
  /** The errors in the test's pages. Unexpected ones fail the test at its end. */
  faults: PageFaults;
  /** Opens a page in a new browser context, like another user. */
  openWindow: () => Promise<Page>;
  serverOutput: undefined;
}

/** Playwright's `test` with a server. */
export const test = base.extend<OfTest, OfWorker>({
  // Few actors in memory, so that longer lists contain passivated ones.
  serverEnv: [
    { MAX_ACTIVE_ACTORS: "50", ALLOW_CHAOS: "1" },
    { scope: "worker", option: true },
  ],
  server: [
    async ({ serverEnv }, use) => {
      const server = await TestServer.create(serverEnv);
      try {
        await server.start();
        await use(server);
      } finally {
        await server.close();
      }
    },
    { scope: "worker", timeout: START_MS + STOP_MS },
  ],
  baseURL: ({ server }, use) => use(server.url),
  faults: [
    async ({ baseURL }, use) => {
      const faults = new PageFaults(baseURL ?? "");
      await use(faults);
      expect(faults.unexpected, "errors in the pages").toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, faults }, use) => {
    faults.watch(context);
    await use(context);
  },
  openWindow: async ({ browser, faults }, use) => {
    const contexts: Awaited<ReturnType<typeof browser.newContext>>[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      faults.watch(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
  serverOutput: [
    async ({ server }, use, testInfo) => {
      await use(undefined);
      if (testInfo.status === testInfo.expectedStatus) return;
      await testInfo.attach("server", { body: server.output, contentType: "text/plain" });
    },
    { auto: true },
  ],
});

export { expect };
