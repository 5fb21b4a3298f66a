import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const SOCKET = ".s.PGSQL.5432";

/** A COMMIT of a client, held by the proxy until the test decides about it. */
export interface HeldCommit {
  /** Passes it to the server. */
  pass(): void;
  /** Closes the connection before the server receives it. */
  cutBefore(): void;
  /** Passes it to the server, and closes the connection instead of passing on the answer. */
  cutAfter(): void;
}

/** A proxy between a client and Postgres on a Unix socket that can hold or close a connection at COMMIT. */
export class PostgresProxy {
  readonly url: string;
  readonly #folder: string;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #waiting: ((commit: HeldCommit) => void) | undefined;
  #down = false;
  #paused = false;

  private constructor(url: string, folder: string, server: net.Server) {
    this.url = url;
    this.#folder = folder;
    this.#server = server;
  }

  /** @param url the URL of Postgres, with the folder of its socket as `host` parameter */
  static async open(url: string): Promise<PostgresProxy> {
    const through = new URL(url);
    const target = path.join(through.searchParams.get("host") ?? "", SOCKET);
    const folder = await mkdtemp(path.join(os.tmpdir(), "pgproxy-"));
    through.searchParams.set("host", folder);
    const server = net.createServer();
    const proxy = new PostgresProxy(through.href, folder, server);
    server.on("connection", (client) => proxy.#join(client, net.connect(target)));
    await new Promise<void>((resolve) => server.listen(path.join(folder, SOCKET), resolve));
    return proxy;
  }

  /** Holds and returns the next COMMIT of any client. */
  nextCommit(): Promise<HeldCommit> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Closes every connection, and refuses new ones until `up`. */
  down(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up(): void {
    this.#down = false;
  }

  /** Passes nothing in either direction until `resume`, so that each side appears slow to the other. */
  pause(): void {
    this.#paused = true;
    for (const socket of this.#sockets) socket.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    this.down();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #join(client: net.Socket, server: net.Socket): void {
    if (this.#down) client.destroy();
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      // The tests break connections on purpose. Both ends are closed together.
      socket.on("error", cut).on("close", () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    server.pipe(client);
    client.on("data", (data) => {
      const hold = this.#waiting;
      if (hold === undefined || !data.includes("COMMIT\0")) {
        server.write(data);
        return;
      }
      this.#waiting = undefined;
      hold({
        pass: () => server.write(data),
        cutBefore: cut,
        cutAfter: () => {
          server.unpipe(client);
          server.once("data", cut).resume();
          server.write(data);
        },
      });
    });
    if (this.#paused) for (const socket of [client, server]) socket.pause();
  }
}
