import type { CommandReply } from "../../protocol/commands.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { JsonObject } from "../../protocol/json.ts";

/** A command for the demo's counter. */
export interface Command {
  name: string;
  payload: JsonObject;
  idempotencyKey?: string;
}

/** What the demo tells its node. */
export type ToNode =
  | { kind: "ask"; id: number; command: Command }
  /** Die, as soon as the effect with this number (from 0) of any message is durable. */
  | { kind: "crash after effect"; n: number }
  | { kind: "stop" };

/** What a node tells the demo. An answer comes after the entries that it waited for. */
export type FromNode =
  | { kind: "ready" }
  | { kind: "recovered"; recovery: Recovery }
  | { kind: "entries"; entries: readonly Entry[] }
  | { kind: "checkpoint"; seq: number; bytes: number }
  | { kind: "answer"; id: number; reply: CommandReply }
  | { kind: "refused"; id: number; message: string };

/** How an actor was recovered. */
export interface Recovery {
  /** The seq of the checkpoint that it began with; 0 without one. */
  checkpoint: number;
  /** Entries that were folded after it. */
  entries: number;
  /** From the begin of the recovery until it could run messages. */
  ms: number;
}
