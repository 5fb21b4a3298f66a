import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorBody } from "../protocol/errors.ts";
import { isAllowedOrigin } from "./origin.ts";

/** Each connection is an open file. */
const MAX_CONNECTIONS = 4_096;
/** An idle connection is closed after this time. A response may take 30 s. */
const IDLE_MS = 120_000;
/** How long responses in progress may take when the server stops. */
const GRACE_MS = 1_000;

/** The server's only port. It refuses requests from other origins, and all requests while the server starts. */
export interface HttpListener {
  readonly server: Server;
  readonly port: number;
  /** The address for browsers. */
  readonly url: string;
  /** Passes all further requests to `listener`. */
  open(listener: RequestListener): void;
  /** Accepts no more connections. */
  shut(): void;
  /** Closes the remaining connections after a grace period. */
  close(): Promise<void>;
}

/**
 * Starts to listen. Called before anything else, so that a port in use is reported at once.
 * @throws Error when the port is not available
 */
export async function openListener(host: string, port: number): Promise<HttpListener> {
  let listener: RequestListener = (_request, response) =>
    refuse(response, 503, { code: "unavailable", message: "Greenroom is starting. Try again in a moment." });
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    // While the server stops, a connection closes after its response.
    response.once("close", () => !server.listening && server.closeIdleConnections());
    if (isAllowedOrigin(request)) listener(request, response);
    else
      refuse(response, 403, {
        code: "forbidden",
        message: "Only this server's own pages, on this machine, may use it.",
      });
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
    const what = code === "EADDRINUSE" ? "is in use by another program" : `is not available (${message})`;
    throw new Error(`Port ${port} of ${host} ${what}. Set PORT to another port.`, { cause: error });
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
