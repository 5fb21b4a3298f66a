import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserState } from "../../actors/user-state.ts";
import { createApi } from "../../api/api.ts";
import { createLog } from "../../process/log.ts";
import type { ActorState, ActorSummary, Page } from "../../protocol/actors.ts";
import { openStore } from "../../store/postgres.ts";
import { copyCluster } from "../../testing/database/cluster.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { foldShop, type Shop } from "../../testing/online-retail-fold.ts";
import { bundled } from "../../testing/process/bundle.ts";
import { startNode } from "../../testing/runtime/node.ts";
import { ingest } from "./ingest.ts";
import { type Counts, Interrupted } from "./ledger.ts";
import onlineRetail from "./maps/online-retail.ts";
import { RejectsFile } from "./rejects.ts";

const root = path.join(import.meta.dirname, "../../..");
const main = path.join(import.meta.dirname, "main.ts");
const bundle = await bundled(main);
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "greenroom-ingest-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Five days of a real shop, not part of the project. Tests that need them are skipped without them. */
const retailDir = process.env.ONLINE_RETAIL_DIR ?? path.join(root, "../shared/data/online-retail");
const retailFiles = existsSync(retailDir)
  ? readdirSync(retailDir)
      .filter((name) => name.endsWith(".csv"))
      .sort()
      .map((name) => path.join(retailDir, name))
  : [];

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs the ingest's command in the scratch directory. */
function run(...args: string[]): Promise<Ran> {
  // Only the TypeScript loader can load a mapping.
  const script = args.includes("online-retail") ? ["--import", import.meta.resolve("tsx"), main] : [bundle];
  return new Promise((resolve) => {
    const env = { ...process.env, npm_lifecycle_event: "" };
    execFile(process.execPath, [...script, ...args], { cwd: scratch, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

/** Revision and state of every actor, by its key joined with slashes. */
async function allStates(server: string): Promise<Map<string, ActorState>> {
  const states = new Map<string, ActorState>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<ActorSummary> = await get(`${server}/api/actors?type=user-state&limit=200${query}`);
    const read = page.items.map(({ keyText }) => get<ActorState>(`${server}/api/actors/user-state/${keyText}/state`));
    for (const [i, state] of (await Promise.all(read)).entries()) states.set(page.items[i]?.key.join("/") ?? "", state);
    cursor = page.next;
  }
  return states;
}

/** Compares the state of every customer with the separate fold. */
function expectAgreement(states: Map<string, ActorState>, shop: Shop): void {
  const actual = Object.fromEntries([...states].map(([name, { state }]) => [name, state]));
  expect(actual).toEqual(Object.fromEntries(shop.customers));
}

const lines = (file: string) =>
  readFileSync(path.join(scratch, file), "utf8")
    .split("\n")
    .filter((line) => line !== "");
const foldFiles = (files: readonly string[]) => foldShop(files.map((file) => readFileSync(file, "utf8")));

describe("through a running server", () => {
  const database = useDatabase();
  let url: string;
  const undo: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const log = createLog("silent");
    const store = await openStore(database.url, log);
    const { runtime } = await startNode({ store, types: [UserState] });
    const api = await createApi(runtime, { ready: async () => true }, log);
    const server: Server = createServer(api.handle);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    undo.push(
      async () => server.close(),
      () => api.close(),
      () => runtime.stop(),
      () => store.close(),
    );
  });
  afterAll(async () => {
    for (const step of undo) await step();
  });

  const shopFile = [
    "\ufeffInvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    '1,A1,"LANTERN, METAL",6,2010-12-01 08:26:00,2.55,17.0,Utopia',
    '1,B2,"FRAME 7"" SINGLE',
    'SIZE",6,2010-12-01 08:26:00,2.55,17.0,Utopia',
    "1,A1,LANTERN,6,2010-12-01 08:26:00,2.55,17.0,Utopia",
    "",
    "2,C3,no customer,1,2010-12-01 09:00:00,1.0,,Utopia",
    "C3,B2,cancelled,-6,2010-12-01 10:00:00,2.55,17.0,Utopia",
    "4,D4,two columns too few,1,2010-12-01 11:00:00,1.0",
    '4,E5,a stray " quote,1,2010-12-01 11:00:00,1.0,18.0,Channel Islands',
    "4,F6,alike,1,2010-12-01 11:00:00,1.0,18.0,Channel Islands",
    "4,F6,alike,1,2010-12-01 11:00:00,1.0,18.0,Channel Islands",
    "5,G7,no such day,1,2010-13-45 11:00:00,1.0,19.0,Utopia",
    "5,H8,a customer without a number,1,2010-12-01 11:00:00,1.0,x,Utopia",
    "5,I9,a product again,1,2010-12-01 12:00:00,1.0,19,Utopia",
  ].join("\r\n");

  test("good lines arrive in order; bad lines go to the rejects file with number and reason", async () => {
    writeFileSync(path.join(scratch, "shop.csv"), shopFile);
    const { code, out } = await run("shop.csv", "--map", "online-retail", "--url", url);
    expect(out).toMatch(/^shop\.csv: 12 lines in .*, 7 accepted, 5 rejected .*, 13 commands, 0 repeated\n$/);
    expect(code).toBe(0);
    const rejects = lines("shop.csv.rejects.ndjson").map((line) => JSON.parse(line));
    expect(rejects).toEqual([
      expect.objectContaining({ file: "shop.csv", line: 7, reason: "The line has no customer." }),
      expect.objectContaining({ line: 9, reason: "The line has 6 columns; the header has 8." }),
      expect.objectContaining({ line: 10, reason: "A quote is never closed." }),
      expect.objectContaining({ line: 13, code: "invalid_payload", reason: expect.stringContaining("at: ") }),
      expect.objectContaining({ line: 14, reason: 'CustomerID "x" is not a number.' }),
    ]);
    expect(rejects[0].record).toBe("2,C3,no customer,1,2010-12-01 09:00:00,1.0,,Utopia");
    const states = await allStates(url);
    expect(states.get("Utopia/17")?.state).toEqual({
      mallId: "Utopia",
      userId: "17",
      lastLogin: "2010-12-01T10:00:00Z",
      lastCartUsedTime: "2010-12-01T10:00:00Z",
      recentProducts: ["B2", "A1"],
      marketingOptIn: false,
      lastEventTime: "2010-12-01T10:00:00Z",
    });
    expect(states.get("Channel Islands/18")).toMatchObject({ state: { recentProducts: ["F6"] } });
    expect(states.get("Utopia/19")).toMatchObject({ state: { recentProducts: ["I9"], lastLogin: null } });
  });

  test("ingesting the same file again changes nothing, even under another name", async () => {
    const before = await allStates(url);
    writeFileSync(path.join(scratch, "copy.csv"), shopFile);
    const { out } = await run("copy.csv", "--map", "online-retail", "--url", url);
    expect(out).toMatch(/7 accepted, 5 rejected .*, 13 commands, 13 repeated/);
    expect(await allStates(url)).toEqual(before);
  });

  test("NDJSON needs no mapping; blank lines are ignored, and bad lines do not stop the rest", async () => {
    const command = (user: string, payload: unknown, extra = {}) =>
      JSON.stringify({ type: "user-state", key: ["ndjson", user], command: "viewProduct", payload, ...extra });
    const text = [
      command("a", { productId: "1" }),
      "",
      "{nonsense",
      command("a", { productId: "" }),
      command("a", {}, { type: "nobody" }),
      '{"type":"user-state"}',
      command("a", { productId: "2" }, { id: "mine" }),
      command("a", { productId: "3" }),
    ].join("\n");
    writeFileSync(path.join(scratch, "in.ndjson"), text);
    const { code, out } = await run("in.ndjson", "--rejects", "bad.ndjson", "--url", url);
    expect(code).toBe(0);
    expect(out).toMatch(/^in\.ndjson: 7 lines in .*, 3 accepted, 4 rejected .*, 3 commands, 0 repeated\n$/);
    const rejects = lines("bad.ndjson").map((line) => JSON.parse(line));
    expect(rejects.map(({ line, code }) => [line, code])).toEqual([
      [3, undefined],
      [4, "invalid_payload"],
      [5, "unknown_type"],
      [6, undefined],
    ]);
    expect((await allStates(url)).get("ndjson/a")).toMatchObject({ state: { recentProducts: ["3", "2", "1"] } });
  });

  test("queued commands lead to the same states as asked ones, and are queued once however often they are sent", async () => {
    const command = (mall: string, n: number) => {
      const at = new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
      const [name, payload] = n % 3 === 0 ? ["userLogin", { at }] : ["viewProduct", { productId: `p${n % 7}`, at }];
      return JSON.stringify({ type: "user-state", key: [mall, `u${n % 5}`], command: name, payload });
    };
    const file = (mall: string) => Array.from({ length: 400 }, (_, n) => command(mall, n)).join("\n");
    writeFileSync(path.join(scratch, "asked.ndjson"), file("asked"));
    writeFileSync(path.join(scratch, "queued.ndjson"), file("queued"));
    expect((await run("asked.ndjson", "--url", url)).out).toMatch(
      /400 accepted, 0 rejected.* 400 commands, 0 repeated/,
    );
    const queued = await run("queued.ndjson", "--tell", "--url", url);
    expect(queued.out).toMatch(/400 accepted, 0 rejected.* 400 commands, 0 repeated/);
    expect((await run("queued.ndjson", "--tell", "--url", url)).out).toMatch(/400 commands, 400 repeated/);
    const ofMall = async (mall: string) => {
      const own = [...(await allStates(url))].filter(([name]) => name.startsWith(`${mall}/`)).sort();
      return own.map(([, { head, state }]) => ({ head, state: { ...(state as object), mallId: "" } }));
    };
    const asked = await ofMall("asked");
    expect(asked).toHaveLength(5);
    // Queued commands are processed in the background.
    await expect.poll(() => ofMall("queued")).toEqual(asked);
  });

  test("an empty file has no lines, and a file that lacks a column is refused", async () => {
    writeFileSync(path.join(scratch, "empty.ndjson"), "");
    expect(await run("empty.ndjson", "--url", url)).toMatchObject({ code: 0, out: expect.stringContaining("0 lines") });
    writeFileSync(path.join(scratch, "other.csv"), "a,b\n1,2\n");
    const { code, err } = await run("other.csv", "--map", "online-retail", "--url", url);
    expect(err).toContain("has no column InvoiceNo, StockCode, InvoiceDate, CustomerID, Country.");
    expect(code).toBe(2);
  });

  describe.skipIf(retailFiles.length === 0)(`five days of Online Retail (${retailDir})`, () => {
    test("counts and every field of every customer match a separate fold, and a second run changes nothing", {
      timeout: 120_000,
    }, async () => {
      const before = await allStates(url);
      const shop = foldFiles(retailFiles);
      const args = [...retailFiles, "--map", "online-retail", "--url", url];
      const { code, out } = await run(...args);
      expect(code).toBe(0);
      expect(sums(out)).toEqual({
        lines: shop.lines,
        accepted: shop.withCustomer,
        rejected: shop.lines - shop.withCustomer,
        commands: shop.commands,
        repeated: 0,
      });
      const rejects = retailFiles.flatMap((file) => lines(`${path.basename(file)}.rejects.ndjson`));
      expect(rejects).toHaveLength(shop.lines - shop.withCustomer);
      const states = await allStates(url);
      for (const name of before.keys()) states.delete(name);
      expectAgreement(states, shop);

      const again = await run(...args);
      expect(sums(again.out)).toMatchObject({ commands: shop.commands, repeated: shop.commands });
      const after = await allStates(url);
      for (const name of before.keys()) after.delete(name);
      expect(after).toEqual(states);
    });
  });
});

/** Adds up the summaries of all files. */
function sums(out: string): Counts {
  const total = (what: string) =>
    [...out.matchAll(new RegExp(`(\\d+) ${what}`, "g"))].reduce((sum, [, count]) => sum + Number(count), 0);
  return {
    lines: total("lines in"),
    accepted: total("accepted"),
    rejected: total("rejected"),
    commands: total("commands"),
    repeated: total("repeated"),
  };
}

describe("the command line", () => {
  test("prints help", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, out: expect.stringContaining("npm run ingest -- FILE…") });
  });

  test("reports that no server answers", async () => {
    writeFileSync(path.join(scratch, "lonely.ndjson"), '{"type":"user-state","key":["a","b"],"command":"useCart"}\n');
    const { code, err } = await run("lonely.ndjson", "--url", "http://127.0.0.1:1");
    expect(err).toMatch(/^Stopped: No server answers at http:\/\/127\.0\.0\.1:1\./);
    expect(code).toBe(1);
  });

  const answer = '{"line":1,"reply":null,"revision":1,"messageId":"m","repeated":false}\n';
  const type = { "content-type": "application/x-ndjson" };

  test.each<[string, RegExp, (response: ServerResponse) => void]>([
    [
      "closes the connection when everything is sent",
      /was lost .* two\.ndjson is done up to line 1;/,
      (response) => {
        response.writeHead(200, type).write(answer, () => response.socket?.resetAndDestroy());
      },
    ],
    [
      "leaves commands unanswered",
      /before the last command\. two\.ndjson is done up to line 1;/,
      (response) => {
        response.writeHead(200, type).end(answer);
      },
    ],
    [
      "stops",
      /The server cannot continue: bye \(unavailable\) two\.ndjson is done up to line 1;/,
      (response) => {
        response.writeHead(200, type).end(`${answer}{"line":2,"error":{"code":"unavailable","message":"bye"}}\n`);
      },
    ],
    [
      "refuses",
      /refused the commands \(status 403\): no No line of two\.ndjson is done;/,
      (response) => {
        response.writeHead(403).end("no");
      },
    ],
    [
      "is another program",
      /not a Greenroom server\. No line of two\.ndjson is done;/,
      (response) => {
        response.writeHead(200, { "content-type": "text/html" }).end("<html>");
      },
    ],
  ])("stops with one clear line when the server %s", async (_case, message, respond) => {
    const command = '{"type":"user-state","key":["a","b"],"command":"useCart"}\n';
    writeFileSync(path.join(scratch, "two.ndjson"), command.repeat(2));
    const server = createServer((request, response) => request.resume().on("end", () => respond(response)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, err } = await run("two.ndjson", "--url", url);
    server.close();
    expect(err).toMatch(/^Stopped: .*; run the same command again to send the rest\.\n$/);
    expect(err).toMatch(message);
    expect(code).toBe(1);
  });

  test("refuses files that it cannot read before anything is sent", async () => {
    writeFileSync(path.join(scratch, "fine.ndjson"), "");
    for (const [file, message] of [
      ["nowhere.ndjson", "nowhere.ndjson cannot be read"],
      [".", ". is not a file."],
      ["x.csv", "x.csv is CSV and needs --map."],
    ] as const) {
      const { code, err } = await run("fine.ndjson", file);
      expect(err).toContain(message);
      expect(code).toBe(2);
    }
  });

  test("refuses a mapping that does not exist or is invalid", async () => {
    writeFileSync(path.join(scratch, "y.csv"), "a\n1\n");
    writeFileSync(path.join(scratch, "none.mjs"), "export default 5;");
    expect(await run("y.csv", "--map", "nope")).toMatchObject({ code: 2, err: expect.stringContaining("no mapping") });
    expect(await run("y.csv", "--map", "./none.mjs")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no mapping"),
    });
  });
});

describe.skipIf(retailFiles.length === 0)("a server that is killed during an ingest", () => {
  let dataDir: string;
  const servers: ChildProcess[] = [];
  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), "greenroom-killed-"));
    await copyCluster(dataDir);
  });
  afterAll(async () => {
    for (const server of servers) await end(server, "SIGTERM");
    rmSync(dataDir, { recursive: true, force: true });
  });

  test("has the same state for every customer after another ingest, as if nothing had happened", {
    timeout: 180_000,
  }, async () => {
    const shop = foldFiles(retailFiles);
    // An interrupted ingest never reaches the last file, so the kill always happens before the end.
    const serverBundle = await bundled(path.join(root, "server/main.ts"));
    for (const [file, lineNumber] of [
      [retailFiles[0], 300],
      [retailFiles[2], 500],
    ]) {
      const { url, server } = await startServer(serverBundle);
      const killed = ingestRetail(url, (...reached) => {
        if (reached[0] === file && reached[1] === lineNumber) server.kill("SIGKILL");
      });
      await expect(killed).rejects.toThrow(Interrupted);
      await end(server, "SIGKILL");
    }
    // As `npm start` does.
    const { url } = await startServer("--import", "tsx", "server/main.ts");
    const counts = await ingestRetail(url, () => undefined);
    expect(counts).toMatchObject({
      lines: shop.lines,
      accepted: shop.withCustomer,
      rejected: shop.lines - shop.withCustomer,
      commands: shop.commands,
    });
    const [first = "", second = "", third = ""] = retailFiles.map((file) => readFileSync(file, "utf8"));
    const acknowledged = foldShop([first, second, third.split("\n").slice(0, 500).join("\n")]);
    expect(counts.repeated).toBeGreaterThanOrEqual(acknowledged.commands);
    expect(counts.repeated).toBeLessThan(shop.commands);
    expectAgreement(await allStates(url), shop);
  });

  /** Starts the whole server in its own process. */
  async function startServer(...args: string[]): Promise<{ url: string; server: ChildProcess }> {
    const server = spawn(process.execPath, args, {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: "production",
        PORT: "0",
        DATA_DIR: dataDir,
        DATABASE_URL: "",
        LOG_LEVEL: "warn",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    servers.push(server);
    let out = "";
    for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
      out += chunk;
      const url = /^Greenroom is at (\S+)$/m.exec(out)?.[1];
      if (url === undefined) continue;
      server.stdout.resume();
      return { url, server };
    }
    throw new Error(`The server did not start: ${out}`);
  }

  async function end(server: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  }

  async function ingestRetail(url: string, done: (file: string, line: number) => void): Promise<Counts> {
    const rejects = new RejectsFile(path.join(scratch, "killed.rejects.ndjson"));
    const total: Counts = { lines: 0, accepted: 0, rejected: 0, commands: 0, repeated: 0 };
    try {
      for (const file of retailFiles) {
        const counts = await ingest({
          file,
          name: path.basename(file),
          mapping: onlineRetail,
          server: new URL(url),
          tell: false,
          rejects,
          begin: () => undefined,
          done: (line) => done(file, line),
        });
        for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
      }
      return total;
    } finally {
      rejects.close();
    }
  }
});
