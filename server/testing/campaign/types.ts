import { z } from "zod";
import { contract } from "../../core/define/contract.ts";
import { type ActorType, defineActor } from "../../core/define/define.ts";

/** The name of one operation of a client. It must be applied once, or not at all. */
const op = z.string();

const sinkMessages = contract({
  type: "sink",
  key: ["id"],
  commands: { receive: z.object({ from: z.string(), n: z.number() }) },
});

const state = z.object({
  /** What was applied, in order. */
  applied: z.array(op),
  /** How many messages were sent to each sink. */
  sent: z.record(z.string(), z.number()),
  /** What the service said, by operation. */
  heard: z.record(z.string(), z.string()),
  reminded: z.array(op),
});

/** An external service. `key` is the same for all attempts of a call. */
export type Service = (name: string, key: string, signal: AbortSignal) => Promise<string>;

/** The actor types of a campaign. They record what was applied, so that losses and duplicates show. */
export function campaignTypes(service: Service): readonly ActorType[] {
  return [sourceType(service), Sink];
}

function sourceType(service: Service) {
  return defineActor({
    type: "source",
    key: ["id"],
    persistence: "journal",
    state,
    initial: () => ({ applied: [], sent: {}, heard: {}, reminded: [] }),
    commands: {
      note: z.object({ op }),
      spread: z.object({ op, to: z.array(z.string()) }),
      hear: z.object({ op }),
      stumble: z.object({ op, times: z.number() }),
      fall: z.object({ op }),
      alarm: z.object({ op }),
      wake: z.object({ op }),
    },
    queries: { state: z.object({}) },
    on: {
      note(c, { op }) {
        c.state.applied.push(op);
        return c.state.applied.length;
      },
      spread(c, { op, to }) {
        c.state.applied.push(op);
        for (const id of to) {
          const n = (c.state.sent[id] ?? 0) + 1;
          c.state.sent[id] = n;
          c.send(sinkMessages, [id], "receive", { from: c.key.id, n });
        }
        return c.state.applied.length;
      },
      *hear(c, { op }) {
        const first = yield* c.effect("first", ({ idempotencyKey, signal }) =>
          service("first", idempotencyKey, signal),
        );
        const second = yield* c.effect("second", ({ idempotencyKey, signal }) =>
          service("second", idempotencyKey, signal),
        );
        c.state.applied.push(op);
        c.state.heard[op] = `${first} ${second}`;
        return c.state.heard[op];
      },
      /** Fails this many times. The effect makes each attempt visible in the journal. */
      *stumble(c, { op, times }) {
        const said = yield* c.effect("stumble", ({ idempotencyKey, signal }) =>
          service("stumble", idempotencyKey, signal),
        );
        stumbles.set(op, (stumbles.get(op) ?? 0) + 1);
        if ((stumbles.get(op) ?? 0) <= times) throw new Error(`stumbled over ${op}`);
        c.state.applied.push(op);
        c.state.heard[op] = said;
      },
      fall(_, { op }) {
        throw new Error(`fell at ${op}`);
      },
      alarm(c, { op }) {
        c.state.applied.push(op);
        c.remind(op, { after: "50ms" }, "wake", { op });
      },
      wake(c, { op }) {
        c.state.reminded.push(op);
      },
      state: (c) => c.state,
    },
    attempts: 4,
    onFailure: "hold",
    checkpointEvery: 10,
    passivateAfter: "30m",
  });
}

const Sink = defineActor({
  ...sinkMessages,
  persistence: "state",
  history: true,
  state: z.object({ got: z.record(z.string(), z.array(z.number())) }),
  initial: () => ({ got: {} }),
  queries: { state: z.object({}) },
  on: {
    receive(c, { from, n }) {
      c.state.got[from] ??= [];
      c.state.got[from].push(n);
    },
    state: (c) => c.state,
  },
  passivateAfter: "30m",
});

/** How often each message failed in this process. In a new process it fails again, and may become a dead letter. */
const stumbles = new Map<string, number>();
