import { expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import { useDatabase } from "../testing/database/database.ts";
import { openStore } from "./postgres.ts";

const database = useDatabase();

test("settings that weaken durability are reported with their consequences", async () => {
  const store = await openStore(database.url, createLog("silent"));
  expect(await store.weaknesses()).toEqual([
    "fsync is off: a power cut can lose or corrupt what was committed",
    "full_page_writes is off: a power cut can corrupt pages that were being written",
  ]);
  await store.close();
});
