import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** What the console is built from. */
const sources = [
  "app",
  "server/protocol",
  "server/handle/handle.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "package-lock.json",
];

/** The most that is kept of what the build says, in characters. */
const MAX_OUTPUT = 64 * 1024;

/** Run in the build's process: it ends when ours does, even by SIGKILL. */
const endWithParent = "data:text/javascript,process.once('disconnect',()=>process.exit(1));process.channel?.unref()";

/** How the built console relates to its sources. A build that was cut short is none. */
export async function consoleBuildState(root: string): Promise<"missing" | "stale" | "fresh"> {
  const built = await modifiedAt(path.join(root, ".next", "BUILD_ID"));
  if (built === 0) return "missing";
  const changed = await Promise.all(sources.map((source) => newest(path.join(root, source))));
  return Math.max(...changed) > built ? "stale" : "fresh";
}

/**
 * Builds the console, unless the signal is aborted meanwhile.
 * @throws Error with the build's output when it fails
 */
export async function buildConsole(root: string, signal: AbortSignal): Promise<void> {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const build = fork(next, ["build"], { cwd: root, signal, silent: true, execArgv: ["--import", endWithParent] });
  let output = "";
  for (const stream of [build.stdout, build.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = `${output}${text}`.slice(-MAX_OUTPUT);
    });
  }
  const [code] = await once(build, "close");
  if (code !== 0) throw new Error(`The console could not be built:\n${output.trim()}`);
}

/** When the newest file in a tree was changed, or a name in one of its directories, in ms since 1970; 0 when there is none. */
async function newest(place: string): Promise<number> {
  const own = await modifiedAt(place);
  const inside = own === 0 ? [] : await readdir(place, { recursive: true }).catch(notADirectory);
  const times = inside.filter((name) => !name.includes(".test.")).map((name) => modifiedAt(path.join(place, name)));
  return Math.max(own, ...(await Promise.all(times)));
}

async function modifiedAt(place: string): Promise<number> {
  try {
    return (await stat(place)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

function notADirectory(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOTDIR") return [];
  throw error;
}
