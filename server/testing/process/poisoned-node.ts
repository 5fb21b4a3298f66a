import process from "node:process";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { startWatchdog } from "../../watchdog/watchdog.ts";
import { startNode } from "../runtime/node.ts";

// A child process with a node whose actors can end it. It sends the commands of its parent.

/** A command that the process sends. */
export interface PoisonOrder {
  kind: "ask" | "tell";
  type: string;
  key: string;
  command: string;
  payload: { n?: number; from?: "handler" | "effect" | "resumption" };
}

const [databaseUrl = "", gate = "", timeout = ""] = process.argv.slice(2);
/** How long a handler may run, in milliseconds. */
const TURN_TIMEOUT_MS = Number(timeout);
const none = z.object({});
const n = z.object({ n: z.number() });

/** Stores the numbers that it receives. While the gate is closed, `pass` never ends. */
const Innocent = defineActor({
  type: "innocent",
  key: ["id"],
  persistence: "journal",
  state: z.object({ got: z.array(z.number()) }),
  initial: () => ({ got: [] }),
  commands: { pass: n, put: n },
  queries: { got: none },
  on: {
    *pass(c, { n }) {
      yield* c.effect("gate", () => (gate === "open" ? Promise.resolve(null) : new Promise<null>(() => undefined)));
      c.state.got.push(n);
    },
    put(c, { n }) {
      c.state.got.push(n);
    },
    got: (c) => c.state.got,
  },
  // One attempt: a message that is wrongly held responsible once becomes a dead letter.
  attempts: 1,
  passivateAfter: "30m",
});

function hang(): never {
  for (;;);
}

/** Never ends either, and leaves the CPU to other tests. */
function block(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Ends its process in every possible way. */
const Killer = defineActor({
  type: "killer",
  key: ["id"],
  persistence: "journal",
  state: z.object({ got: z.array(z.number()) }),
  initial: () => ({ got: [] }),
  commands: { put: n, work: none, exit: none, hang: z.object({ from: z.enum(["handler", "effect", "resumption"]) }) },
  queries: { got: none },
  on: {
    put(c, { n }) {
      c.state.got.push(n);
    },
    got: (c) => c.state.got,
    work() {
      process.send?.("at work");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_TIMEOUT_MS / 2);
    },
    exit() {
      process.abort();
    },
    *hang(c, { from }) {
      if (from === "handler") hang();
      yield* c.effect("call", async () => (from === "effect" ? block() : null));
      block();
    },
  },
  attempts: 3,
  passivateAfter: "30m",
});

const watchdog = await startWatchdog(TURN_TIMEOUT_MS, (error) => {
  throw error;
});
const store = await openStore(databaseUrl, createLog("silent"));
const { runtime } = await startNode({ store, types: [Innocent, Killer], watchdog });

process.on("message", ({ kind, type, key, command, payload }: PoisonOrder) => {
  void runtime[kind]({ type, keyText: key, command, payload }).then(() => process.send?.("done"));
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
