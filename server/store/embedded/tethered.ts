import { spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/** A user of the operating system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** How a process ended. */
export interface Ended {
  code: number | null;
  /** Its last lines on standard error, up to `MAX_LAST_LINES`. */
  lines: readonly string[];
}

/** A process that cannot outlive ours. */
export interface Tethered {
  /** Emits "line" for every line on its standard error. */
  messages: Interface;
  /** Resolves when it has ended or could not be started. */
  ended: Promise<Ended>;
  /** Interrupts it, as the end of our process does. */
  release(): void;
  kill(signal: NodeJS.Signals): void;
}

const MAX_LAST_LINES = 20;

/** The same on every machine. Ours is not inherited, because Postgres reads many variables. */
const environment: Record<string, string> = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * A watcher reads a pipe whose other end only our process holds. When it closes, by us or by the kernel after our
 * death, the watcher interrupts the command; a line in the pipe says that the command has ended. The shell becomes the
 * command, which is therefore our own child with an exit code. The watcher is forked twice, so that it is not the
 * command's child.
 */
const script = `
exec 3<&0 </dev/null
( ( read -r line <&3 || kill -INT $$ ) >/dev/null 2>&1 & )
exec "$@" 3<&-`;

/**
 * Runs a command as the account's user, in its own session (so that Ctrl-C reaches only us). It is interrupted when our
 * process ends for any reason.
 */
export function spawnTethered(command: readonly string[], account: Account | undefined): Tethered {
  const child = spawn("/bin/sh", ["-c", script, "sh", ...command], {
    detached: true,
    // A directory that every user can enter.
    cwd: "/",
    // Next's types want NODE_ENV in every environment.
    env: environment as NodeJS.ProcessEnv,
    stdio: ["pipe", "ignore", "pipe"],
    uid: account?.uid,
    gid: account?.gid,
  });
  const lines: string[] = [];
  const messages = createInterface({ input: child.stderr }).on("line", (line) => {
    if (lines.push(line) > MAX_LAST_LINES) lines.shift();
  });
  // The watcher may have ended before it reads our line.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once("error", (error) => resolve({ code: null, lines: [error.message] }));
    // Unlike "exit", "close" comes after the last line.
    child.once("close", (code) => {
      if (child.stdin.writable) child.stdin.end("gone\n");
      resolve({ code, lines });
    });
  });
  return {
    messages,
    ended,
    release: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
  };
}
