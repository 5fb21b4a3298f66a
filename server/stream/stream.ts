import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server, type Socket } from "socket.io";
import { errorBody, GreenroomError } from "../core/errors.ts";
import type { Log } from "../process/log.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import {
  type ClientToServer,
  MAX_ROOMS,
  type Room,
  type ServerToClient,
  type Watch,
  type WatchAnswer,
  watch,
} from "../protocol/stream.ts";
import type { Inspector, Runtime } from "../runtime/api.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import { ActorView } from "./actor-view.ts";
import { ActorsView } from "./actors-view.ts";
import { Hub, type Reader } from "./hub.ts";
import { MapView } from "./map-view.ts";
import { MailView, OverviewView, TypeView } from "./server-views.ts";
import { StreamView } from "./stream-view.ts";
import { addressOf, type View } from "./view.ts";

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

/** Maximum characters buffered for a socket; beyond that its frames are skipped. */
const MAX_BUFFERED = 1024 * 1024;

type StreamSocket = Socket<ClientToServer, ServerToClient>;

/** Serves one socket until it disconnects. Invalid requests are answered with an error. */
function serveSocket(socket: StreamSocket, hub: Hub, runtime: Runtime, log: Log): void {
  const readers = new Map<string, Reader>();
  const buffered = bufferOf(socket);
  let joining = 0;

  const leave = (id: string) => {
    const reader = readers.get(id);
    if (reader === undefined) return;
    readers.delete(id);
    hub.leave(reader);
  };

  const join = async ({ id, room, since }: Watch): Promise<void> => {
    leave(id);
    if (readers.size >= MAX_ROOMS || joining >= MAX_ROOMS) {
      throw new GreenroomError("overloaded", `A connection can watch at most ${MAX_ROOMS} rooms; leave one first.`);
    }
    const reader: Reader = {
      id,
      view: viewOf(room, runtime.inspector),
      send: (frame) => socket.emit("frame", frame),
      canTake: () => buffered() <= MAX_BUFFERED,
    };
    readers.set(id, reader);
    joining++;
    try {
      await hub.join(reader, since);
    } catch (error) {
      if (readers.get(id) === reader) readers.delete(id);
      throw error;
    } finally {
      joining--;
    }
  };

  socket.on("watch", (input: unknown, answer: unknown) => {
    const reply = (result: WatchAnswer) => {
      if (typeof answer === "function") answer(result);
    };
    const parsed = watch.safeParse(input);
    if (!parsed.success) {
      reply({ ok: false, error: refusal(parsed.error.issues) });
      return;
    }
    join(parsed.data).then(
      () => reply({ ok: true }),
      (error) => {
        const body = errorBody(error);
        if (!(error instanceof GreenroomError)) log.error({ err: error }, "cannot watch a room");
        reply({ ok: false, error: body });
      },
    );
  });
  socket.on("unwatch", (id: unknown) => {
    if (typeof id === "string") leave(id);
  });
  socket.on("disconnect", () => {
    for (const id of [...readers.keys()]) leave(id);
  });
}

function viewOf(room: Room, inspector: Inspector): View {
  switch (room.kind) {
    case "overview":
      return new OverviewView(inspector);
    case "actors":
      return new ActorsView(inspector, room);
    case "actor":
      return new ActorView(inspector, addressOf(room.actor));
    case "mail":
      return new MailView(inspector);
    case "map":
      return new MapView(inspector);
    case "type":
      return new TypeView(inspector, room.type);
    case "stream":
      return new StreamView(inspector, room);
  }
}

/** Returns the number of characters that the socket's transport has not sent yet. */
function bufferOf(socket: StreamSocket): () => number {
  let size = 0;
  socket.conn.on("packetCreate", ({ data }) => {
    size += typeof data === "string" ? data.length : 0;
  });
  socket.conn.on("drain", () => {
    size = 0;
  });
  return () => size;
}

function refusal(issues: readonly { path: PropertyKey[]; message: string }[]): ErrorBody {
  const first = issues.slice(0, 10).map(({ path, message }) => ({ path: path.map(String), message }));
  return { code: "invalid_payload", message: "The watch request is not valid.", details: { issues: first } };
}
