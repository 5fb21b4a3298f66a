import { once } from "node:events";
import { rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";

/** Whether a process listens on a socket, even if it never answers. */
export function listens(socket: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") resolve(false);
      else reject(error);
    });
  });
}

/**
 * Takes a lock that lasts until it is released or our process ends for any reason: a listening socket, which the kernel
 * closes. Returns a function that releases it, or `undefined` when another process holds it.
 */
export async function takeLock(socket: string): Promise<(() => void) | undefined> {
  const server = createServer((other) => other.destroy()).unref();
  while (!(await listen(server, socket))) {
    if (await listens(socket)) return undefined;
    // The holder has ended. Another process may notice it at the same time: if we move its new socket aside, we put it
    // back.
    const aside = `${socket}.${process.pid}`;
    if (!(await move(socket, aside))) continue;
    if (await listens(aside)) {
      await move(aside, socket);
      return undefined;
    }
    await rm(aside, { force: true });
  }
  return () => server.close();
}

async function listen(server: Server, socket: string): Promise<boolean> {
  try {
    // The directory is private. Writable, so that a start as root does not lock out the directory's owner.
    server.listen({ path: socket, writableAll: true });
    await once(server, "listening");
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
}

async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
