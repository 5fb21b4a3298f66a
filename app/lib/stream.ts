import { io, type Socket } from "socket.io-client";
import type { ErrorBody } from "../../server/protocol/errors.ts";
import type { ClientToServer, Frame, Position, Room, ServerToClient } from "../../server/protocol/stream.ts";
import { formatDuration } from "./format.ts";
import { type CaughtUp, caughtUp, fold, follows, type View } from "./frames.ts";

/** How long to wait before a room that was refused is asked for again, in milliseconds. */
const RETRY_MS = 2000;

/** The state of the connection. Times are milliseconds since 1970. */
export interface Connection {
  status: "connecting" | "live" | "lost";
  /** Since when it is so. */
  since: number;
  /** What was caught up when it came back, and when; null until it has been lost once. */
  caughtUp: (CaughtUp & { at: number }) | null;
}

/** What is known of a room, why it cannot be watched if so, and how often it has been joined: again after each loss. */
export interface RoomSnapshot {
  view: View | null;
  error: ErrorBody | null;
  joins: number;
}

interface SharedRoom {
  room: Room;
  readers: number;
  snapshot: RoomSnapshot;
  position: Position | null;
  /** The name under which it is watched now; frames under an older one are late and are dropped. */
  id: string | null;
  /** Set while it comes back after the connection was lost: since when it was away. */
  awaySince: number | null;
  listeners: Set<() => void>;
}

const emptyRoom: RoomSnapshot = { view: null, error: null, joins: 0 };

/**
 * The one connection of a tab. Rooms are shared by all who read them and kept while anybody does; each stands at a
 * position, and asks for what came after it whenever the connection was lost or a frame was missed.
 */
export class StreamClient {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #rooms = new Map<string, SharedRoom>();
  readonly #byId = new Map<string, SharedRoom>();
  readonly #listeners = new Set<() => void>();
  #connection: Connection = { status: "connecting", since: Date.now(), caughtUp: null };
  #lostAt: number | null = null;
  #ids = 0;

  constructor() {
    this.#socket = io({
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: 300,
      reconnectionDelayMax: 3000,
    });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", () => this.#disconnected());
    this.#socket.on("frame", (frame) => this.#take(frame));
    window.addEventListener("online", () => this.#socket.connect());
  }

  connection = (): Connection => this.#connection;

  onConnection = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot(key: string): RoomSnapshot {
    return this.#rooms.get(key)?.snapshot ?? emptyRoom;
  }

  /** Reads a room until the returned function is called. `key` is the room as JSON. */
  read(key: string, listener: () => void): () => void {
    const shared = this.#rooms.get(key) ?? this.#open(key);
    shared.readers++;
    shared.listeners.add(listener);
    return () => {
      shared.listeners.delete(listener);
      shared.readers--;
      if (shared.readers === 0) this.#close(key, shared);
    };
  }

  #open(key: string): SharedRoom {
    const room = JSON.parse(key) as Room;
    const shared: SharedRoom = {
      room,
      readers: 0,
      snapshot: emptyRoom,
      position: null,
      id: null,
      awaySince: null,
      listeners: new Set(),
    };
    this.#rooms.set(key, shared);
    if (this.#socket.connected) this.#watch(shared);
    return shared;
  }

  #close(key: string, shared: SharedRoom): void {
    this.#rooms.delete(key);
    this.#unwatch(shared);
  }

  #watch(shared: SharedRoom): void {
    this.#unwatch(shared);
    const id = `r${++this.#ids}`;
    shared.id = id;
    this.#byId.set(id, shared);
    this.#socket.emit("watch", { id, room: shared.room, since: shared.position }, (answer) => {
      if (shared.id !== id) return;
      if (answer.ok) {
        this.#publish(shared, { ...shared.snapshot, joins: shared.snapshot.joins + 1 });
        return;
      }
      this.#publish(shared, { ...shared.snapshot, error: answer.error });
      setTimeout(() => {
        if (shared.id === id) this.#watch(shared);
      }, RETRY_MS);
    });
  }

  #unwatch(shared: SharedRoom): void {
    if (shared.id === null) return;
    this.#byId.delete(shared.id);
    if (this.#socket.connected) this.#socket.emit("unwatch", shared.id);
    shared.id = null;
  }

  #take(frame: Frame): void {
    const shared = this.#byId.get(frame.id);
    if (shared === undefined) return;
    if (!follows(shared.position, frame)) {
      this.#watch(shared);
      return;
    }
    const { kind } = shared.room;
    const before = shared.snapshot.view;
    const view = fold(kind, before as never, frame);
    shared.position = frame.position;
    this.#publish(shared, { ...shared.snapshot, view, error: null });
    if (shared.awaySince === null) return;
    const away = formatDuration(Date.now() - shared.awaySince);
    shared.awaySince = null;
    if (before === null) return;
    const told = caughtUp(kind, before as never, view as never, away);
    this.#setConnection({ ...this.#connection, caughtUp: { ...told, at: Date.now() } });
  }

  #publish(shared: SharedRoom, snapshot: RoomSnapshot): void {
    shared.snapshot = snapshot;
    for (const listener of shared.listeners) listener();
  }

  #connected(): void {
    this.#setConnection({ ...this.#connection, status: "live", since: Date.now() });
    for (const shared of this.#rooms.values()) {
      shared.awaySince = this.#lostAt;
      shared.id = null;
      this.#watch(shared);
    }
    this.#lostAt = null;
  }

  #disconnected(): void {
    this.#byId.clear();
    this.#lostAt ??= Date.now();
    this.#setConnection({ ...this.#connection, status: "lost", since: this.#lostAt });
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}
