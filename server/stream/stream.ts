import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server } from "socket.io";
import type { Log } from "../process/log.ts";
import type { ClientToServer, ServerToClient } from "../protocol/stream.ts";
import type { Runtime } from "../runtime/api.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import { Hub } from "./hub.ts";
import { serveSocket } from "./socket.ts";

/** Maximum number of sockets. */
const MAX_SOCKETS = 1000;
/** Maximum size of a reader's message, in bytes: a `watch` of `MAX_WATCHED` actors with long keys. */
const MAX_MESSAGE = 256 * 1024;

/**
 * Serves rooms over Socket.IO on `/socket.io`. Call it after Next has added its listener to the server, because
 * Socket.IO wraps the existing listeners. `close` closes all sockets, not the server.
 */
export function attachStream(
  server: HttpServer,
  runtime: Runtime,
  clock: Clock,
  log: Log,
  isAllowedOrigin: (req: IncomingMessage) => boolean,
): { close(): Promise<void> } {
  const hub = new Hub(runtime, clock);
  let closed = false;
  const io = new Server<ClientToServer, ServerToClient>(server, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE,
    allowRequest: (req, answer) => {
      const allowed = !closed && isAllowedOrigin(req) && io.engine.clientsCount < MAX_SOCKETS;
      answer(null, allowed);
    },
  });
  io.on("connection", (socket) => serveSocket(socket, hub, runtime, log));
  return {
    async close() {
      closed = true;
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}
