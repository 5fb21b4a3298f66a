import { io, type Socket } from "socket.io-client";
import type { ClientToServer, Room, ServerToClient, WatchAnswer } from "../../server/protocol/stream.ts";
import { serveParent } from "../lib/child.ts";
import { quantile } from "../lib/stats.ts";

/** Opens one console per room, or closes all and returns their figures. */
export type ConsolesTask = { kind: "open"; address: string; rooms: Room[] } | { kind: "close" };

/** The received frames, and the time from the start of an entry's batch to its arrival, in milliseconds. */
export interface Seen {
  frames: number;
  p50: number;
  p95: number;
}

type Console = Socket<ServerToClient, ClientToServer>;

let consoles: Console[] = [];
let frames = 0;
let delays: number[] = [];

serveParent<ConsolesTask>(async (task) => {
  if (task.kind === "close") return close();
  await Promise.all(task.rooms.map((room) => openConsole(task.address, room)));
  return {};
});

function openConsole(address: string, room: Room): Promise<void> {
  const socket: Console = io(address, { transports: ["websocket"], forceNew: true });
  consoles.push(socket);
  socket.on("frame", ({ entries = [] }) => {
    const now = Date.now();
    frames += 1;
    for (const { at } of entries) delays.push(now - at);
  });
  return new Promise((resolve, reject) => {
    socket.on("connect_error", reject);
    socket.on("connect", () =>
      socket.emit("watch", { id: "room", room, since: null }, (answer: WatchAnswer) =>
        answer.ok ? resolve() : reject(new Error(answer.error.message)),
      ),
    );
  });
}

function close(): Seen {
  for (const socket of consoles) socket.disconnect();
  const sorted = Float64Array.from(delays).sort();
  const times = sorted.length === 0 ? { p50: 0, p95: 0 } : { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
  const seen = { frames, ...times };
  consoles = [];
  frames = 0;
  delays = [];
  return seen;
}
