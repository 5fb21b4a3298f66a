import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { contract } from "../../core/define/contract.ts";
import { defineActor } from "../../core/define/define.ts";
import { createLog } from "../../process/log.ts";
import { openStore } from "../../store/postgres.ts";
import { useDatabase } from "../../testing/database/database.ts";
import { query } from "../../testing/database/sql.ts";
import { eventually } from "../../testing/eventually.ts";
import { Succession } from "../../testing/runtime/succession.ts";

/** How often the n-th message still has to fail. */
const failures = new Map<number, number>();
const none = z.object({});
const put = z.object({ from: z.string(), n: z.number() });
const messages = { put, relay: z.object({ from: z.string(), n: z.number(), to: z.array(z.string()) }) };
const peer = contract({ type: "state-peer", key: ["id"], commands: messages });

interface Context {
  key: { id: string };
  state: { got: string[] };
  send(to: typeof peer | typeof other, key: string[], command: "put", payload: z.infer<typeof put>): void;
}
const other = contract({ type: "journal-peer", key: ["id"], commands: messages });

/** Stores its messages with their senders, and forwards them to others of both types on request. */
const handlers = {
  put(c: Context, { from, n }: z.infer<typeof put>) {
    failOnce(n);
    c.state.got.push(`${from} ${n}`);
  },
  relay(c: Context, { from, n, to }: z.infer<typeof messages.relay>) {
    for (const id of to) c.send(id < "c" ? peer : other, [id], "put", { from: c.key.id, n });
    failOnce(n);
    c.state.got.push(`${from} ${n}`);
  },
  got: (c: { state: { readonly got: readonly string[] } }) => [...c.state.got],
};
const shape = {
  state: z.object({ got: z.array(z.string()) }),
  initial: () => ({ got: [] as string[] }),
  queries: { got: none },
  on: handlers,
  passivateAfter: "30m",
} as const;
const StatePeer = defineActor({ ...peer, ...shape, persistence: "state" });
const JournalPeer = defineActor({ ...other, ...shape, persistence: "journal" });

function failOnce(n: number): void {
  const left = failures.get(n) ?? 0;
  if (left === 0) return;
  failures.set(n, left - 1);
  throw new Error("not this time");
}

interface Message {
  kind: "tell" | "ask";
  client: string;
  to: string;
  /** Receivers to forward it to. */
  relay: string[];
  /** How often its handler throws. Only a tell fails: nobody retries an ask. */
  fails: number;
}
type Step = Message | { kind: "takeover" } | { kind: "restart" };

const id = fc.constantFrom("a", "b", "c", "d");
const message: fc.Arbitrary<Message> = fc.record({
  kind: fc.constantFrom("tell", "tell", "ask"),
  client: fc.constantFrom("x", "y"),
  to: id,
  relay: fc.oneof(fc.constant<string[]>([]), fc.uniqueArray<string, string>(id, { minLength: 1, maxLength: 3 })),
  fails: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: message },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "takeover" }, { kind: "restart" }) },
  ),
  { minLength: 5, maxLength: 60 },
);

const database = useDatabase();
const nodes = new Succession({
  open: () => openStore(database.url, createLog("silent")),
  types: [StatePeer, JournalPeer],
});
afterAll(() => nodes.stop());

const typeOf = (actor: string) => (actor < "c" ? "state-peer" : "journal-peer");
const waiting = () => query(database.url, "SELECT * FROM mailbox");

/** Runs some steps. Each client sends its messages one after the other, while nodes stop and start. */
async function run(all: readonly Step[]): Promise<void> {
  const clients = new Map<string, Promise<void>>();
  for (const [n, step] of all.entries()) {
    if (step.kind === "restart") await nodes.restart();
    else if (step.kind === "takeover") await nodes.start();
    else
      clients.set(
        step.client,
        (clients.get(step.client) ?? Promise.resolve()).then(() => send(n, step)),
      );
  }
  await Promise.all(clients.values());
}

/** Sends until the message is accepted: an ask is refused behind a retried message, and a crash interrupts anything. */
async function send(n: number, { kind, client, to, relay, fails }: Message): Promise<void> {
  if (kind === "tell") failures.set(n, fails);
  const [command, more] = relay.length > 0 ? ["relay", { to: relay }] : ["put", {}];
  const request = { type: typeOf(to), keyText: to, command, payload: { from: client, n, ...more } };
  await eventually(() => nodes.runtime[kind]({ ...request, idempotencyKey: `k${n}` }));
}

/** What each receiver must have from each sender, in order: from an actor, what it forwarded, in the order received. */
function expected(all: readonly Step[], got: ReadonlyMap<string, readonly Line[]>): Record<string, number[]> {
  const pairs: Record<string, number[]> = {};
  const add = (from: string, to: string, n: number) => {
    const pair = `${from} to ${to}`;
    pairs[pair] = [...(pairs[pair] ?? []), n];
  };
  for (const [n, step] of all.entries()) if ("client" in step) add(step.client, step.to, n);
  for (const [actor, lines] of got) {
    for (const { from, n } of lines) {
      const step = all[n];
      if (step !== undefined && "client" in step && step.client === from)
        for (const to of step.relay) add(actor, to, n);
    }
  }
  return pairs;
}

interface Line {
  from: string;
  n: number;
}

async function linesOf(actor: string): Promise<Line[]> {
  const texts = await nodes.runtime.query({ type: typeOf(actor), keyText: actor, query: "got", payload: {} });
  return (texts as string[]).map((text) => ({ from: text.split(" ")[0] ?? "", n: Number(text.split(" ")[1]) }));
}

test("despite failures and restarts, each message is processed once, in its sender's order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      failures.clear();
      await nodes.stop();
      await query(database.url, "TRUNCATE actor, durable_state, reply, entry, checkpoint, mailbox, dead_letter");
      await nodes.start();
      await run(all);
      await eventually(async () => expect(await waiting()).toEqual([]));
      const got = new Map<string, Line[]>();
      for (const actor of ["a", "b", "c", "d"]) got.set(actor, await linesOf(actor));
      const pairs: Record<string, number[]> = {};
      for (const [to, lines] of got) {
        for (const { from, n } of lines) pairs[`${from} to ${to}`] = [...(pairs[`${from} to ${to}`] ?? []), n];
      }
      expect(pairs).toEqual(expected(all, got));
      expect(await query(database.url, "SELECT * FROM dead_letter")).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 180_000);
