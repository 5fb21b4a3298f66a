import { test as base, expect, type Page } from "@playwright/test";
import { START_MS, STOP_MS, TestServer } from "./server.ts";
import { Troubles } from "./troubles.ts";

interface OfWorker {
  /** The environment of the server, as in `test.use({ serverEnv: { PASSIVATE_AFTER: "2s" } })`. */
  serverEnv: Record<string, string>;
  /** A running server with no actors at first, shared by the tests of a worker, and stopped at its end. */
  server: TestServer;
}

interface OfTest {
  /** What went wrong in the test's pages. The test fails at its end when there is anything that it did not expect. */
  troubles: Troubles;
  /** Opens a page in a window of its own, as another person would who was never here before. */
  openWindow: () => Promise<Page>;
  serverOutput: undefined;
}

/** Playwright's `test`, with a server, whose pages are reached by their paths. */
export const test = base.extend<OfTest, OfWorker>({
  // Few actors in memory, so that a list of more has some that are passivated.
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
  troubles: [
    async ({ baseURL }, use) => {
      const troubles = new Troubles(baseURL ?? "");
      await use(troubles);
      expect(troubles.unexpected, "what went wrong in the pages").toEqual([]);
    },
    { auto: true },
  ],
  context: async ({ context, troubles }, use) => {
    troubles.watch(context);
    await use(context);
  },
  openWindow: async ({ browser, troubles }, use) => {
    const contexts: Awaited<ReturnType<typeof browser.newContext>>[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      troubles.watch(context);
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
