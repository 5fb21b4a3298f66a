import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { io } from "socket.io-client";
import { expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import type { Frame } from "../protocol/stream.ts";
import { systemClock } from "../runtime/shared/system-clock.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { eventually } from "../testing/eventually.ts";
import { startNode } from "../testing/runtime/node.ts";
import { Note } from "../testing/types/note.ts";
import { attachStream } from "./stream.ts";

const database = useDatabase();

/** A state that is still streamed whole with every frame. */
const TEXT = "x".repeat(200 * 1024);
/** For how long it is slow, in milliseconds: time for forty frames, eight megabytes. */
const SLOW_MS = 4_000;
/** What may wait for a reader: a megabyte, and the frame that came on top of it; in characters, with room to spare. */
const MOST_WAITING = 2 * 1024 * 1024;

test("a reader that cannot keep up gets fewer frames, costs bounded memory, and then has the newest state", async () => {
  const store = await openStore(database.url, createLog("silent"));
  const { runtime } = await startNode({ store, types: [Note] });
  const http = createServer();
  const connections: TcpSocket[] = [];
  http.on("connection", (connection) => connections.push(connection));
  const stream = attachStream(http, runtime, systemClock, createLog("silent"), () => true);
  await once(http.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true });
  const frames: Frame[] = [];
  socket.on("frame", (frame: Frame) => frames.push(frame));
  const write = (text: string) => runtime.ask({ type: "note", keyText: "slow", command: "write", payload: { text } });
  try {
    await write(TEXT);
    const room = { kind: "actor", actor: { type: "note", key: ["slow"] } };
    await socket.emitWithAck("watch", { id: "r", room, since: null });
    const [connection] = connections;
    if (connection === undefined) throw new Error("nobody is connected");
    // Its network takes nothing more: what is written stays in this process.
    connection.cork();
    const before = frames.length;
    let head = 1;
    for (const end = Date.now() + SLOW_MS; Date.now() < end; head++) await write(`${head}${TEXT}`);
    connection.uncork();
    await eventually(() => expect(frames.at(-1)?.actor?.head).toBe(head));
    const waited = frames.slice(before).reduce((sum, frame) => sum + JSON.stringify(frame).length, 0);
    expect(waited, "what waited for one reader").toBeLessThan(MOST_WAITING);
    for (const [i, frame] of frames.entries()) if (i > 0) expect(frame.from).toEqual(frames[i - 1]?.position);
  } finally {
    socket.disconnect();
    await stream.close();
    http.close();
    await runtime.stop();
    await store.close();
  }
});
