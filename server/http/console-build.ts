import { fork } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** The files and folders that the console is built from. */
const sources = [
  "app",
  "server/protocol",
  "server/handle/handle.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "package-lock.json",
];

/** How much of the build's output is kept, in characters. */
const MAX_OUTPUT = 64 * 1024;

/** Runs in the build's process, so that it ends with ours, even after SIGKILL. */
const endWithParent = "data:text/javascript,process.once('disconnect',()=>process.exit(1));process.channel?.unref()";

/** Whether the console's build is up to date. An unfinished build is `missing`. */
export async function consoleBuildState(root: string): Promise<"missing" | "stale" | "fresh"> {
  const built = await modifiedAt(path.join(root, ".next", "BUILD_ID"));
  if (built === 0) return "missing";
  const changed = await Promise.all(sources.map((source) => newest(path.join(root, source))));
  return Math.max(...changed) > built ? "stale" : "fresh";
}

/**
 * Builds the console. Aborting the signal stops the build.
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

/** The latest modification of a file or directory in a tree, in ms since 1970; 0 if the tree does not exist. */
async function newest(root: string): Promise<number> {
  const own = await modifiedAt(root);
  const inside = own === 0 ? [] : await readdir(root, { recursive: true }).catch(notADirectory);
  const times = inside.filter((name) => !name.includes(".test.")).map((name) => modifiedAt(path.join(root, name)));
  return Math.max(own, ...(await Promise.all(times)));
}

async function modifiedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

function notADirectory(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOTDIR") return [];
  throw error;
}
