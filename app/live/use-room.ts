"use client";

import { useCallback, useRef, useSyncExternalStore } from "react";
import type { ErrorBody } from "../../server/protocol/errors.ts";
import type { Room } from "../../server/protocol/stream.ts";
import { throttle } from "../read/throttle.ts";
import type { Views } from "./frames.ts";
import { type Connection, type RoomSnapshot, roomKey, type Start, StreamClient } from "./stream.ts";

let client: StreamClient | undefined;

/** The tab's one connection, opened on first use, only in a browser. */
function stream(): StreamClient {
  client ??= new StreamClient();
  return client;
}

const onServer: RoomSnapshot = { view: null, error: null, joins: 0 };
const connecting: Connection = { status: "connecting", since: 0, caughtUp: null };

/** A room: `view` is null until the first frame, `error` is set while it cannot be watched. */
export interface RoomState<K extends Room["kind"]> {
  view: Views[K] | null;
  error: ErrorBody | null;
  /** The number of joins. After each one, read what the stream does not repeat. */
  joins: number;
}

/**
 * A room, live, while the component is mounted.
 * @param interval the min time between two renders, in milliseconds
 * @param start what the server rendered
 */
export function useRoom<R extends Room>(
  room: R,
  interval: number,
  start: Start<Views[R["kind"]]>,
): RoomState<R["kind"]> {
  const key = roomKey(room, start);
  const first = useRef(start.view);
  first.current = start.view;
  const subscribe = useCallback(
    (changed: () => void) => {
      const throttled = throttle(changed, interval);
      const leave = stream().read(key, first.current, throttled.call);
      return () => {
        throttled.stop();
        leave();
      };
    },
    [key, interval],
  );
  const snapshot = useSyncExternalStore(
    subscribe,
    () => stream().snapshot(key),
    () => onServer,
  );
  return snapshot as RoomState<R["kind"]>;
}

/** The state of the tab's connection. */
export function useConnection(): Connection {
  return useSyncExternalStore(onConnection, connection, () => connecting);
}

const onConnection = (changed: () => void) => stream().onConnection(changed);
const connection = () => stream().connection();
