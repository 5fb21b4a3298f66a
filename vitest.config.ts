import { defineConfig } from "vitest/config";
import { LongFirst } from "./server/testing/long-first.ts";

// Projects do not isolate their files: each worker loads modules once. No module that tests import has mutable state that
// the tests of another file could see, and a file restores what it mocks.
const exclude = ["**/node_modules/**", "**/.next/**", "e2e/**"];

export default defineConfig({
  test: {
    allowOnly: false,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          // Properties are tried a thousand times, on a busy machine too.
          testTimeout: 30_000,
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...exclude, "**/*.int.test.ts"],
          pool: "threads",
          maxWorkers: 2,
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
          isolate: false,
          // One more than there are cores: many tests wait for processes that they kill and start.
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Only a busy machine needs as long.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
