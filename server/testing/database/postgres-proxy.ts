import { mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const SOCKET = ".s.PGSQL.5432";

/** A COMMIT that a client has sent, held by the proxy until the test says what becomes of it. */
export interface HeldCommit {
  /** Lets it go on its way. */
  pass(): void;
  /** Breaks the connection before the server has seen it. */
  cutBefore(): void;
  /** Lets the server have it, and breaks the connection instead of passing on the answer. */
  cutAfter(): void;
}

/** Stands between a client and Postgres on a unix socket, and can stop or cut the connection at COMMIT. */
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

  /** @param url of the real server, with its socket's folder as `host` parameter */
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

  /** The next COMMIT that any client sends, held. */
  nextCommit(): Promise<HeldCommit> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Breaks every connection, and refuses new ones until it is `up`. */
  down(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up(): void {
    this.#down = false;
  }

  /** Lets nothing through, in either direction, until `resume`: to both sides the other one is slow. */
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
      // The other side breaking a connection is what these tests are about; both ends go together.
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
