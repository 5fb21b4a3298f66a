import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../../process/log.ts";
import { copyCluster } from "../../testing/database/cluster.ts";
import { query } from "../../testing/database/sql.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";

const isRoot = process.getuid?.() === 0;
const log = createLog("silent");

describe("the embedded Postgres", () => {
  let directory: string;
  let started: EmbeddedPostgres[];

  beforeEach(async () => {
    started = [];
    directory = await mkdtemp(path.join(os.tmpdir(), "greenroom-postgres-"));
    // If we are root, Postgres runs as another user, who needs access.
    await chmod(directory, 0o711);
  });

  afterEach(async () => {
    await Promise.all(started.map((postgres) => postgres.stop()));
    for (const each of [directory, ...started.map(socketDirectory)]) await rm(each, { recursive: true, force: true });
  });

  async function start(
    dataDir: string,
    settings: Record<string, string> = { fsync: "off" },
  ): Promise<EmbeddedPostgres> {
    const postgres = await startPostgres({ dataDir, log, settings });
    started.push(postgres);
    return postgres;
  }

  function socketDirectory({ url }: EmbeddedPostgres): string {
    return new URL(url).searchParams.get("host")!;
  }

  it("sorts and writes the same on every machine, and syncs its commits", async () => {
    const postgres = await start(path.join(directory, "data"), {});
    const [row] = await query(
      postgres.url,
      `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider,
         datlocale AS locale, current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses,
         current_setting('TimeZone') AS zone
       FROM pg_database WHERE datname = current_database()`,
    );
    const expected = { name: "greenroom", encoding: "UTF8", provider: "b", locale: "C.UTF-8", fsync: "on" };
    expect(row).toEqual({ ...expected, addresses: "", zone: "UTC" });
  });

  it("keeps its data from one start to the next", async () => {
    const dataDir = path.join(directory, "data");
    await copyCluster(dataDir);
    const first = await start(dataDir);
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("accepts any path: with special characters, relative, too long for a socket", async () => {
    const odd = path.join(directory, `a "quoted", $HOME's & 100%20 päth`);
    const long = path.join(directory, "l".repeat(120), "data");
    for (const dataDir of [odd, path.relative(process.cwd(), path.join(directory, "relative")), long]) {
      const postgres = await start(dataDir);
      expect(await query(postgres.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
      expect(existsSync(path.join(dataDir, "postgres", "PG_VERSION"))).toBe(true);
    }
  });

  it("uses its directory exclusively", async () => {
    const dataDir = path.join(directory, "data");
    const first = await start(dataDir);
    await expect(start(dataDir)).rejects.toThrow("in use by another Greenroom server");
    expect(await query(first.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await first.stop();
    const outcomes = await Promise.allSettled([start(dataDir), start(dataDir), start(dataDir)]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("ends a Postgres whose server is gone, and replaces it", async () => {
    const dataDir = path.join(directory, "data");
    await copyCluster(dataDir);
    const orphan = await start(dataDir);
    await query(orphan.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    // As if the server that holds the lock, and its watcher, had been killed.
    await rm(path.join(dataDir, "run", "lock"));
    const next = await start(dataDir);
    expect((await orphan.failed).message).toContain("Postgres ended");
    expect(await query(next.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("reports that it was killed, and recovers at the next start", async () => {
    const dataDir = path.join(directory, "data");
    await copyCluster(dataDir);
    const first = await start(dataDir, {});
    await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    process.kill(
      Number.parseInt(await readFile(path.join(dataDir, "postgres", "postmaster.pid"), "utf8"), 10),
      "SIGKILL",
    );
    expect((await first.failed).message).toContain("Postgres ended");
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  it("removes what an interrupted start left", async () => {
    const dataDir = path.join(directory, "data");
    await mkdir(path.join(dataDir, "postgres.unfinished-abc", "base"), { recursive: true });
    await chmod(dataDir, 0o711);
    await start(dataDir);
    expect((await readdir(dataDir)).toSorted()).toEqual(["postgres", "run"]);
  });

  it("reports a failed start in one line, and releases the directory", async () => {
    const dataDir = path.join(directory, "data");
    const complaint = /^Postgres did not start: [^\n]*no_such_setting[^\n]*\.$/;
    await expect(start(dataDir, { fsync: "off", no_such_setting: "1" })).rejects.toThrow(complaint);
    await start(dataDir);
  });

  it.runIf(isRoot)("keeps the data elsewhere when its user cannot access root's directories", async () => {
    const closed = path.join(directory, "closed");
    await mkdir(closed, { mode: 0o700 });
    const first = await start(path.join(closed, "data"));
    const elsewhere = path.dirname(socketDirectory(first));
    expect(elsewhere).toMatch(/^\/var\/tmp\/greenroom-[0-9a-f]{16}$/);
    try {
      await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
      await first.stop();
      // If it started in the directory that is open now, the data would seem lost.
      await chmod(closed, 0o711);
      const second = await start(path.join(closed, "data"));
      expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
      await second.stop();
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
