import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorBody } from "../protocol/errors.ts";
import { isAllowedOrigin } from "./origin.ts";

/** The most connections at one time; each is an open file. */
const MAX_CONNECTIONS = 4_096;
/** A connection on which nothing moves for so long is closed. An answer may take 30 s. */
const IDLE_MS = 120_000;
/** How long answers that are under way may take to be sent when the server ends. */
const GRACE_MS = 1_000;

/** The one port: who comes from elsewhere is refused, and everybody while the server starts. */
export interface HttpListener {
  readonly server: Server;
  readonly port: number;
  /** What a browser is pointed at. */
  readonly url: string;
  /** From now on requests are `listener`'s. */
  open(listener: RequestListener): void;
  /** Takes no new connections. */
  shut(): void;
  /** Ends the connections that are left, after a grace. */
  close(): Promise<void>;
}

/**
 * Listens, before anything else is begun: a port that is taken is known at once.
 * @throws Error when the port cannot be had
 */
export async function openListener(host: string, port: number): Promise<HttpListener> {
  let listener: RequestListener = (_request, response) =>
    refuse(response, 503, { code: "unavailable", message: "Greenroom is starting. Try again in a moment." });
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    // While the server ends, a connection that has had its answer does not wait for another request.
    response.once("close", () => !server.listening && server.closeIdleConnections());
    if (isAllowedOrigin(request)) listener(request, response);
    else
      refuse(response, 403, { code: "forbidden", message: "Only pages of this server, on this machine, may use it." });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  await listen(server, host, port);
  const closed = new Promise((resolve) => server.once("close", resolve));
  const { port: actual } = server.address() as AddressInfo;
  return {
    server,
    port: actual,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    open(opened) {
      listener = opened;
    },
    shut: () => void server.close(),
    async close() {
      server.close();
      await Promise.race([closed, sleep(GRACE_MS)]);
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await once(server.listen(port, host), "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "EADDRINUSE" ? "is in use by another program" : `cannot be listened on (${message})`;
    throw new Error(`Port ${port} of ${host} ${what}. Set PORT to another.`, { cause: error });
  }
}

function refuse(response: ServerResponse, status: number, error: ErrorBody): void {
  const body = JSON.stringify({ error });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  response.writeHead(status, status === 503 ? { ...headers, "retry-after": "1" } : headers).end(body);
}
