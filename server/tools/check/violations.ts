/** A file that breaks lint rules, and the rules that the linter must report for it, each as often as listed. */
export interface Seed {
  file: string;
  code: string;
  breaks: readonly string[];
}

const clock = "Only the Clock tells the time, and only a seed gives random numbers.";

/** A file with allowed imports and one forbidden import. */
function imports(file: string, allowed: readonly string[], forbidden: string, rule: string): Seed {
  const code = [...allowed, forbidden].map((source, i) => `export { x as x${i} } from "${source}";\n`).join("");
  return { file, code, breaks: [rule] };
}

const ofImports: readonly Seed[] = [
  imports("server/protocol/a.ts", ["./b.ts", "zod"], "../core/errors.ts", "protocol imports zod alone."),
  imports("server/core/a.ts", ["../protocol/a.ts"], "../runtime/a.ts", "core is pure: it imports protocol."),
  imports("server/core/turn/b.ts", ["./a.ts", "../errors.ts"], "node:fs", "core is pure: it imports protocol."),
  imports("server/actors/a.ts", ["../core/define/define.ts", "zod"], "../runtime/a.ts", "actors import core."),
  imports("server/actors/shop/a.ts", ["../../core/define/define.ts"], "../../runtime/a.ts", "actors import core."),
  ...["pg", "drizzle-orm", "socket.io", "next/server", "node:timers/promises"].map((forbidden, i) =>
    imports(
      `server/runtime/lane/a${i}.ts`,
      ["../../core/a.ts", "../../protocol/a.ts", "../../process/log.ts", "node:crypto"],
      forbidden,
      "The runtime reaches the rest of the world through its ports.",
    ),
  ),
  ...["../store/a.ts", "../api/a.ts"].map((forbidden, i) =>
    imports(`server/runtime/b${i}.ts`, ["../core/a.ts"], forbidden, "The runtime imports core and protocol."),
  ),
  ...[
    ["ports", "../shared/a.ts", "ports import no room of the runtime."],
    ["shared", "../actor/a.ts", "shared imports ports."],
    ["actor", "../turn/a.ts", "actor imports shared and ports."],
    ["turn", "../lane/a.ts", "admission and turn import actor and what is below it."],
    ["lane", "../mailbox/a.ts", "lane imports turn, admission and what is below them."],
    ["mailbox", "../history/a.ts", "mailbox imports lane and what is below it."],
    ["inspect", "../api.ts", "history and inspect import mailbox and what is below it."],
    ["history", "../inspect/a.ts", "history imports nothing of inspect."],
    ["leadership", "../runtime.ts", "leadership imports nothing of the runtime's root."],
  ].map(([room = "", forbidden = "", rule = ""]) =>
    imports(`server/runtime/${room}/c.ts`, ["./a.ts", "../../core/a.ts"], forbidden, rule),
  ),
  ...["../runtime/runtime.ts", "../runtime/lane/a.ts"].map((forbidden, i) =>
    imports(
      `server/store/a${i}.ts`,
      ["pg", "drizzle-orm", "../runtime/ports/store.ts", "../../drizzle/schema.ts"],
      forbidden,
      "The store imports the runtime's ports.",
    ),
  ),
  imports(
    "server/watchdog/a.ts",
    ["../runtime/ports/clock.ts"],
    "../runtime/runtime.ts",
    "Threads import the runtime's ports; the actors' code they load by name.",
  ),
  imports(
    "server/sandbox/a.ts",
    ["../runtime/history/sandbox.ts", "../core/a.ts", "../protocol/a.ts"],
    "../actors/index.ts",
    "Threads import the runtime's ports; the actors' code they load by name.",
  ),
  ...["../store/a.ts", "../runtime/lane/lane.ts", "../runtime/wiring.ts", "node:timers"].map((forbidden, i) =>
    imports(
      `server/stream/a${i}.ts`,
      ["../runtime/api.ts", "../runtime/shared/events.ts", "../runtime/ports/ids.ts", "socket.io", "node:http"],
      forbidden,
      "The doors import the runtime's api, its events and its ports.",
    ),
  ),
  imports(
    "server/http/a.ts",
    ["../protocol/a.ts"],
    "../runtime/a.ts",
    "http and process import the handle and protocol.",
  ),
  imports(
    "server/handle/a.ts",
    ["../runtime/api.ts"],
    "../runtime/runtime.ts",
    "The handle imports the runtime's api.",
  ),
  imports("server/tools/a.ts", ["../store/a.ts"], "../api/a.ts", "Tools and tests import no doors."),
  imports("server/testing/part/a.ts", ["../../core/a.ts"], "../../stream/a.ts", "Tools and tests import no doors."),
  imports("drizzle/schema.ts", ["drizzle-orm/pg-core"], "../server/core/a.ts", "The schema imports drizzle-orm."),
  imports(
    "app/a.ts",
    ["../server/handle/handle.ts", "../server/protocol/a.ts", "react"],
    "../server/runtime/a.ts",
    "Pages import the handle, protocol, and types of actors.",
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
import { getHandle } from "../server/handle/handle.ts";
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
