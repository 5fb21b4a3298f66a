/** A file that breaks the house's rules, and what it must be told, each as often as it is here. */
export interface Seed {
  file: string;
  code: string;
  breaks: readonly string[];
}

const clock = "Only the Clock tells the time, and only a seed gives random numbers.";

/** A file that imports what it may, and one thing that it may not. */
function imports(file: string, allowed: readonly string[], forbidden: string, rule: string): Seed {
  const code = [...allowed, forbidden].map((source, i) => `export { x as x${i} } from "${source}";\n`).join("");
  return { file, code, breaks: [rule] };
}

const ofImports: readonly Seed[] = [
  imports("server/log.ts", ["pino"], "./config.ts", "config, log and origin import nothing of ours."),
  imports("server/handle.ts", ["./protocol/a.ts"], "./runtime/a.ts", "handle imports protocol."),
  imports("server/protocol/a.ts", ["./b.ts", "zod"], "../core/errors.ts", "protocol imports zod."),
  imports("server/core/a.ts", ["../protocol/a.ts"], "../runtime/a.ts", "core is pure: it imports protocol."),
  imports("server/core/b.ts", ["./a.ts"], "node:fs", "core is pure: it imports protocol."),
  imports("server/actors/a.ts", ["../core/define.ts"], "../runtime/a.ts", "actors import core."),
  imports("server/actors/shop/a.ts", ["../../core/define.ts"], "../../runtime/a.ts", "actors import core."),
  ...["pg", "drizzle-orm", "socket.io", "next/server", "../store/a.ts", "../api/a.ts", "node:timers/promises"].map(
    (forbidden, i) =>
      imports(
        `server/runtime/a${i}.ts`,
        ["../core/a.ts", "../protocol/a.ts", "../log.ts"],
        forbidden,
        "runtime imports core and protocol; the rest of the world comes through its ports.",
      ),
  ),
  imports("server/runtime/clock.ts", ["./ports.ts"], "./a.ts", "The clock imports its port, and timers."),
  imports(
    "server/store/a.ts",
    ["pg", "drizzle-orm", "../runtime/ports.ts", "../../drizzle/schema.ts"],
    "../runtime/runtime.ts",
    "store imports the ports, core, protocol and drizzle/schema; it alone imports pg and drizzle-orm.",
  ),
  imports("server/store/embedded/a.ts", ["../../log.ts"], "../postgres.ts", "The embedded Postgres imports log."),
  imports(
    "server/testing/crashing-node.ts",
    ["./node.ts", "../runtime/ports.ts", "../store/postgres.ts"],
    "pg",
    "A process of the tests joins what a server joins, and imports no more than it.",
  ),
  imports("server/watchdog/a.ts", ["../runtime/ports.ts"], "../runtime/runtime.ts", "The watchdog imports its port."),
  imports(
    "server/sandbox/a.ts",
    ["../runtime/sandbox.ts", "../core/a.ts", "../protocol/a.ts"],
    "../actors/index.ts",
    "The sandbox imports its port, core and protocol; the actors' code it loads by name.",
  ),
  imports("server/stream/a.ts", ["../runtime/a.ts", "socket.io"], "pg", "stream imports runtime and protocol."),
  imports("server/stream/b.ts", ["node:http"], "node:timers", "stream imports runtime and protocol."),
  imports("server/api/a.ts", ["../runtime/a.ts", "fastify"], "../store/a.ts", "api imports runtime and protocol."),
  imports("server/api/b.ts", ["node:http"], "node:timers/promises", "api imports runtime and protocol."),
  imports("server/tools/a.ts", ["../store/a.ts"], "../core/a.ts", "tools import protocol, runtime and store."),
  imports(
    "server/tools/parts/a.ts",
    ["../a.ts", "../../runtime/a.ts"],
    "../../actors/a.ts",
    "The parts of a tool import protocol, runtime and store.",
  ),
  ...["demo", "replay"].map((tool) =>
    imports(
      `server/tools/${tool}/a.ts`,
      ["./b.ts", "../../actors/a.ts", "../../core/a.ts", "../../store/embedded/postgres.ts", "../../log.ts"],
      "../../api/a.ts",
      "Demo and replay import the runtime with all that they need, and no doors.",
    ),
  ),
  imports("server/testing/a.ts", ["../core/a.ts", "vitest"], "../store/a.ts", "testing imports core and runtime."),
  imports(
    "server/testing/campaign/a.ts",
    ["../a.ts", "../../store/a.ts"],
    "../../api/a.ts",
    "The campaign imports what a node is made of.",
  ),
  imports("server/testing/database.ts", ["pg"], "../api/a.ts", "The database of the tests imports store."),
  imports(
    "bench/lib/a.ts",
    ["../cases/a.ts", "../../server/runtime/a.ts", "../../server/ending.ts", "pg"],
    "../../server/tools/a.ts",
    "The benchmark imports what a server is made of, and pg.",
  ),
  imports(
    "bench/peers/a.ts",
    ["../lib/a.ts", "node:os"],
    "../../server/runtime/a.ts",
    "The peers import the benchmark, and what they measure.",
  ),
  imports("drizzle/schema.ts", ["drizzle-orm/pg-core"], "../server/core/a.ts", "The schema imports drizzle-orm."),
  ...["../server/runtime/a.ts", "pg", "drizzle-orm"].map((forbidden, i) =>
    imports(
      `app/a${i}.ts`,
      ["../server/handle.ts", "../server/protocol/a.ts", "react"],
      forbidden,
      "Pages import handle, protocol, and types of actors.",
    ),
  ),
  imports("server/core/a.test.ts", ["../store/a.ts", "vitest"], "../main.ts", "main.ts is started, never imported."),
];

const ofCode: readonly Seed[] = [
  {
    file: "app/actor.ts",
    code: `import type { A } from "../server/actors/a.ts";
import { b } from "../server/actors/a.ts";
export const c: A = b;
`,
    breaks: ["Pages take nothing but types from actors: write `import type`."],
  },
  {
    file: "app/browser.tsx",
    code: `"use client";
import { getHandle } from "../server/handle.ts";
import { position } from "../server/protocol/stream.ts";
export const c = [getHandle, position];
`,
    breaks: ["Code that runs in the browser takes only protocol from the server."],
  },
  {
    file: "server/core/cycle.ts",
    code: 'import { b } from "./cycle-back.ts";\nexport const a = () => b;\n',
    breaks: ["noImportCycles"],
  },
  {
    file: "server/core/cycle-back.ts",
    code: 'import { a } from "./cycle.ts";\nexport const b = () => a;\n',
    breaks: ["noImportCycles"],
  },
  {
    file: "server/core/past.ts",
    code: "export const past = (ms: number) => new Date(ms).toISOString();\n",
    breaks: [],
  },
  ...["new Date()", "Date.now()", "Math.random()", "performance.now()"].map((reading, i) => ({
    file: `server/core/time${i}.ts`,
    code: `export const read = () => ${reading};\n`,
    breaks: [clock],
  })),
  ...["core", "runtime", "stream", "api"].map((folder) => ({
    file: `server/${folder}/timer.ts`,
    code: "export const wait = (then: () => void) => [setTimeout(then, 1), setInterval(then, 1), Date.now()];\n",
    breaks: ["noRestrictedGlobals", "noRestrictedGlobals", clock],
  })),
  { file: "server/store/env.ts", code: "export const home = process.env.HOME;\n", breaks: ["noProcessEnv"] },
  { file: "server/api/say.ts", code: 'console.log("here");\nexport {};\n', breaks: ["noConsole"] },
  {
    file: "server/api/float.ts",
    code: "const go = (): Promise<void> => Promise.resolve();\ngo();\nexport {};\n",
    breaks: ["noFloatingPromises"],
  },
  {
    file: "server/api/catch.ts",
    code: "export function a(b: () => void) {\n  try {\n    b();\n  } catch {}\n}\n",
    breaks: ["An error is swallowed here: handle it, or say in a comment why it may be."],
  },
  { file: "server/api/any.ts", code: "export const a = (b: any) => b;\n", breaks: ["noExplicitAny"] },
  {
    file: "server/api/type.ts",
    code: 'import { Json } from "../protocol/json.ts";\nexport type A = Json[];\n',
    breaks: ["useImportType"],
  },
];

/** All of them. */
export const seeds: readonly Seed[] = [...ofImports, ...ofCode];
