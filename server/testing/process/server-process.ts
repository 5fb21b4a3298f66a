import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bundled } from "./bundle.ts";

/** How a server exited, and its output. */
interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A server in a child process. `url` resolves when it is ready, and rejects when it exits before. */
export interface ServerProcess {
  url: Promise<string>;
  ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

const main = await bundled(path.join(import.meta.dirname, "../../main.ts"));

/** Starts a server on a free port. `env` sets `DATA_DIR` or `DATABASE_URL`. */
export function launchServer(env: Record<string, string>, ...args: string[]): ServerProcess {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    cwd: path.join(import.meta.dirname, "../../.."),
    env: { ...process.env, PORT: "0", HOST: "", LOG_LEVEL: "warn", ...env },
  });
  let stdout = "";
  let stderr = "";
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const address = /^Greenroom is at (\S+)\n/m.exec(stdout)?.[1];
      if (address !== undefined) resolve(address);
    });
    void ended.then(() => reject(new Error(`The server did not start.\n${stdout}${stderr}`)));
  });
  // A test that expects a failure awaits only `ended`.
  url.catch(() => undefined);
  return { url, ended, kill: (signal) => void child.kill(signal) };
}
