import type { CommandReply } from "../../protocol/commands.ts";
import type { Entry, JsonObject } from "../../protocol/journal.ts";
import type { RecoveryNote } from "../../protocol/overview.ts";
import type { Address } from "../../runtime/ports/ids.ts";

/** The demo's counter. */
export const key = ["c1"];
export const address: Address = { type: "counter", keyText: "c1" };

/** A command for the counter. */
export interface Command {
  name: string;
  payload: JsonObject;
  idempotencyKey?: string;
}

/** Requests from the demo to its node. */
export type ToNode =
  | { kind: "ask"; id: number; command: Command }
  /** Die as soon as effect `n` (from 0) of any message is durable. */
  | { kind: "crash after effect"; n: number }
  | { kind: "stop" };

/** Reports from the node to the demo. A reply follows the entries that it waited for. */
export type FromNode =
  | { kind: "ready" }
  | { kind: "recovered"; recovery: RecoveryNote }
  | { kind: "entries"; entries: readonly Entry[] }
  | { kind: "checkpoint"; seq: number; bytes: number }
  | { kind: "reply"; id: number; reply: CommandReply }
  | { kind: "refused"; id: number; message: string };
