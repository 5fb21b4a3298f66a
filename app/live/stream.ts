import { io, type Socket } from "socket.io-client";
import type { ErrorBody } from "../../server/protocol/errors.ts";
import type { ClientToServer, Frame, Position, Room, ServerToClient } from "../../server/protocol/stream.ts";
import { formatDuration } from "../words/format.ts";
import { type CaughtUp, caughtUp, fold, follows, type View } from "./frames.ts";

/** The delay before a refused room is watched again, in milliseconds. */
const RETRY_MS = 2000;
/** How long the status stays live while the page changes rooms, in milliseconds. */
const CHANGING_MS = 500;

/**
 * The state of the connection. Times are milliseconds since 1970.
 * - `connecting`: nothing received yet.
 * - `idle`: connected; this page watches nothing.
 * - `live`: every room of the page is being received.
 * - `refused`: connected, but the server could not read a room of the page.
 * - `lost`: it was live, and not everything is received again yet.
 */
export interface Connection {
  status: "connecting" | "idle" | "live" | "refused" | "lost";
  /** The start of the status. */
  since: number;
  /** The changes after the last reconnect, and its time; null before the first loss. */
  caughtUp: (CaughtUp & { at: number }) | null;
}

/** The view of a room, the error if it cannot be watched, and the number of joins: one more after each loss. */
export interface RoomSnapshot {
  view: View | null;
  error: ErrorBody | null;
  joins: number;
}

/**
 * What the server rendered: the view of a room until the first frame, and its position, from which the stream continues;
 * null to start with a full frame.
 */
export interface Start<V = View> {
  view: V | null;
  since: Position | null;
  /** Not part of the page's content: it affects neither the page's status nor the changes after a reconnect. */
  isBeside?: boolean;
}

interface SharedRoom {
  room: Room;
  isBeside: boolean;
  /** The first view of its readers. */
  first: View | null;
  readers: number;
  snapshot: RoomSnapshot;
  position: Position | null;
  /** The current id of the watch. Frames with an older id are dropped. */
  id: string | null;
  /** Whether a frame was received since the last watch. */
  isReceived: boolean;
  /** When the connection was lost; null unless the room is catching up. */
  awaySince: number | null;
  listeners: Set<() => void>;
}

interface RoomKey {
  room: Room;
  since: Position | null;
  isBeside: boolean;
}

/** The key of a room and its start. */
export function roomKey(room: Room, { since, isBeside = false }: Omit<Start, "view">): string {
  return JSON.stringify({ room, since, isBeside } satisfies RoomKey);
}

const emptyRoom: RoomSnapshot = { view: null, error: null, joins: 0 };

/**
 * The one connection of a tab. A room is shared by its readers and closed after the last one. Each room has a position
 * and continues there when the connection was lost or a frame was missed.
 */
export class StreamClient {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #rooms = new Map<string, SharedRoom>();
  readonly #byId = new Map<string, SharedRoom>();
  readonly #listeners = new Set<() => void>();
  #connection: Connection = { status: "connecting", since: Date.now(), caughtUp: null };
  #lostAt: number | null = null;
  #changing: ReturnType<typeof setTimeout> | undefined;
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

  /** Reads a room until the returned function is called. `key` comes from `roomKey`; `first` is the rendered view. */
  read(key: string, first: View | null, listener: () => void): () => void {
    const shared = this.#rooms.get(key) ?? this.#open(key, first);
    shared.readers++;
    shared.listeners.add(listener);
    return () => {
      shared.listeners.delete(listener);
      shared.readers--;
      if (shared.readers === 0) this.#close(key, shared);
    };
  }

  #open(key: string, first: View | null): SharedRoom {
    const { room, since, isBeside } = JSON.parse(key) as RoomKey;
    const shared: SharedRoom = {
      room,
      isBeside,
      first,
      readers: 0,
      snapshot: emptyRoom,
      position: since,
      id: null,
      isReceived: false,
      awaySince: null,
      listeners: new Set(),
    };
    this.#rooms.set(key, shared);
    if (this.#socket.connected) this.#watch(shared);
    this.#review();
    return shared;
  }

  #close(key: string, shared: SharedRoom): void {
    this.#rooms.delete(key);
    this.#unwatch(shared);
    this.#review();
  }

  #watch(shared: SharedRoom): void {
    this.#unwatch(shared);
    const id = `r${++this.#ids}`;
    shared.id = id;
    shared.isReceived = false;
    this.#byId.set(id, shared);
    this.#socket.emit("watch", { id, room: shared.room, since: shared.position }, (answer) => {
      if (shared.id !== id) return;
      if (answer.ok) {
        this.#publish(shared, { ...shared.snapshot, joins: shared.snapshot.joins + 1 });
        return;
      }
      this.#publish(shared, { ...shared.snapshot, error: answer.error });
      this.#review();
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
    const before = shared.snapshot.view;
    const view = fold(shared.room.kind, before as never, frame);
    shared.position = frame.position;
    shared.isReceived = true;
    this.#publish(shared, { ...shared.snapshot, view, error: null });
    this.#reportCaughtUp(shared, before ?? shared.first, view);
    this.#review();
  }

  #reportCaughtUp(shared: SharedRoom, before: View | null, after: View): void {
    if (shared.awaySince === null) return;
    const at = Date.now();
    const changes = caughtUp(shared.room.kind, before as never, after as never, formatDuration(at - shared.awaySince));
    shared.awaySince = null;
    this.#setConnection({ ...this.#connection, caughtUp: { ...changes, at } });
  }

  #publish(shared: SharedRoom, snapshot: RoomSnapshot): void {
    shared.snapshot = snapshot;
    for (const listener of shared.listeners) listener();
  }

  #connected(): void {
    for (const shared of this.#rooms.values()) {
      if (!shared.isBeside) shared.awaySince ??= this.#lostAt;
      shared.id = null;
      this.#watch(shared);
    }
    this.#review();
  }

  #disconnected(): void {
    this.#byId.clear();
    this.#lostAt ??= Date.now();
    this.#review();
  }

  /** Publishes the status of the connection if it has changed. */
  #review(): void {
    clearTimeout(this.#changing);
    const { status } = this.#connection;
    const now = this.#status();
    if (now === "live") this.#lostAt = null;
    if (now === status) return;
    const publish = () => this.#setConnection({ ...this.#connection, status: now, since: this.#lostAt ?? Date.now() });
    const isChanging = status === "live" && (now === "connecting" || now === "idle");
    if (isChanging) this.#changing = setTimeout(publish, CHANGING_MS);
    else publish();
  }

  #status(): Connection["status"] {
    const rooms = [...this.#rooms.values()].filter(({ isBeside }) => !isBeside);
    const waiting = this.#lostAt === null ? "connecting" : "lost";
    if (!this.#socket.connected) return waiting;
    if (rooms.some(({ snapshot }) => snapshot.error !== null)) return "refused";
    if (rooms.some(({ isReceived }) => !isReceived)) return waiting;
    return rooms.length === 0 ? "idle" : "live";
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}
