import process from "node:process";
import type { EffectCallContext } from "../../core/define/effects.ts";
import { createLog } from "../../process/log.ts";
import type { EntryBody } from "../../protocol/journal.ts";
import type { BatchRows, LaneWriter } from "../../runtime/ports/commit.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { openStore } from "../../store/postgres.ts";
import { startNode } from "../runtime/node.ts";
import { ledgerType, World } from "../types/ledger.ts";

// A child process with a node and a ledger, whose effects call a service. It sends the commands of its parent, and kills
// itself at a given point.

/** The process kills itself right before or right after the commit of an entry. */
export interface CrashPoint {
  when: "before commit" | "after commit";
  kind: EntryBody["kind"];
  /** The number of an effect in its message. */
  n?: number;
}

/** A command that the process sends. */
export interface Order {
  key: string;
  names: string[];
  idempotencyKey: string;
  crash: CrashPoint | null;
}

const [databaseUrl = "", service = ""] = process.argv.slice(2);
let crash: CrashPoint | null = null;

const world = new World();
world.answer = async (name: string, { idempotencyKey, signal }: EffectCallContext) => {
  const response = await fetch(`${service}/${name}`, { headers: { "idempotency-key": idempotencyKey }, signal });
  const { quote } = (await response.json()) as { quote: string };
  return Number(quote);
};

function isReached(when: CrashPoint["when"], { entries }: BatchRows): boolean {
  if (crash?.when !== when) return false;
  const { kind, n } = crash;
  return entries.some((row) => row.kind === kind && (n === undefined || JSON.parse(row.body).n === n));
}

function crashing(writer: LaneWriter): LaneWriter {
  const commit: LaneWriter["commit"] = async (rows) => {
    if (isReached("before commit", rows)) process.kill(process.pid, "SIGKILL");
    const outcome = await writer.commit(rows);
    if (isReached("after commit", rows)) process.kill(process.pid, "SIGKILL");
    return outcome;
  };
  return { commit, witness: (number) => writer.witness(number), close: () => writer.close() };
}

const opened = await openStore(databaseUrl, createLog("warn"));
const store: Store = { ...opened, lane: (claim, lane) => crashing(opened.lane(claim, lane)) };
const { runtime } = await startNode({ store, types: [ledgerType(world)] });

process.on("message", ({ key, names, idempotencyKey, crash: point }: Order) => {
  crash = point;
  void runtime
    .ask({ type: "ledger", keyText: key, command: "ask", payload: { names }, idempotencyKey })
    .then((answer) => process.send?.(answer));
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
