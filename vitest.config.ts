import { defineConfig } from "vitest/config";
import { LongFirst } from "./server/testing/long-first.ts";

const exclude = ["**/node_modules/**", "**/.next/**", "e2e/**"];

export default defineConfig({
  test: {
    allowOnly: false,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          // Properties are tried a thousand times, also on a machine that is busy.
          testTimeout: 30_000,
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...exclude, "**/*.int.test.ts"],
          pool: "threads",
          maxWorkers: 2,
          // Modules are loaded once per thread, not once per file. No module that these tests import keeps state that
          // another file's tests could see.
          isolate: false,
        },
      },
      {
        test: {
          name: "integration",
          include: ["**/*.int.test.ts"],
          exclude,
          globalSetup: "server/testing/database/global-setup.ts",
          pool: "forks",
          // One more than there are cores: many of them wait for processes that they kill and start.
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // What is polled for takes no time, but on a machine that is busy.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
