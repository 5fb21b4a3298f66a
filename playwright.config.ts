import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser.ts";

const browser = await findBrowser();

/** What measures how long a page takes: it has the machine to itself, when all else is over. */
const timed = /(first-page|large-state)\.spec\.ts/;

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/global-setup.ts",
  projects: [
    { name: "console", testIgnore: timed },
    { name: "times", testMatch: timed, dependencies: ["console"], workers: 1 },
  ],
  outputDir: "test-results",
  reporter: "list",
  // Each worker has a server, with a Postgres, beside its browser; the tests wait more than they work.
  workers: 3,
  retries: 0,
  forbidOnly: true,
  // Only a busy machine needs as long.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 40_000,
    launchOptions: { ...browser, args: ["--disable-gpu", "--disable-quic"] },
    screenshot: "only-on-failure",
    // Costs a fifth of the time; `npx playwright test --trace=retain-on-failure` where a failure does not explain itself.
    trace: "off",
    video: "off",
  },
});
