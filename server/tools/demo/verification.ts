import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { ActorType } from "../../core/define/define.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/what-if.ts";
import { formatCount, formatNumber } from "../format.ts";
import { Counter } from "./long-journal.ts";
import { address, key } from "./messages.ts";
import { readJournal } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { duration, point, say, step } from "./terminal.ts";

/** The limit of the changed rule: an increment adds no more than this. */
const MAX_INCREMENT = 7;

/** Replays the whole journal with the code that wrote it, and with a changed rule. */
export async function verifyJournal({ store, quotes }: Stage): Promise<void> {
  const entries = await readJournal(store, address);

  step(7, "Verified by replay");
  say("Every turn runs again from its recorded message and effects, and is compared.", "");
  const startedAt = performance.now();
  const divergences = replay(Counter, entries);
  const elapsed = duration(performance.now() - startedAt);
  const turns = entries.filter((entry) => entry.body.kind === "turn").length;
  assert(divergences.length === 0, "the same code must do the same");
  point(`${formatCount(turns, "turn")}, ${formatCount(divergences.length, "divergence")}, in ${elapsed}.`);
  const keys = quotes.calls.map((calls) => calls.idempotencyKey);
  const calls = quotes.calls.reduce((sum, calls) => sum + calls.count, 0);
  assert(isDeepStrictEqual(keys, effectKeys(entries)), "the service must be called for the recorded effects only");
  assert(calls === keys.length + 1, "only the interrupted call may be repeated");
  point(
    `The service was called ${formatNumber(calls)} times: once for each of the ${formatNumber(keys.length)} effects in the journal, and`,
    "once more for the interrupted call.",
  );

  step(8, "A changed rule is caught");
  say(`Now the code limits an increment to ${MAX_INCREMENT}.`, "");
  const changed = replay(withChangedRule(Counter), entries);
  const larger = entries.filter((entry) => incrementOf(entry) > MAX_INCREMENT);
  const [first] = changed;
  assert(first !== undefined && first.seq === larger[0]?.seq, "the first changed turn must be the first divergence");
  assert(changed.length === larger.length, "every turn that the rule changes must diverge");
  const [recorded, actual] = [JSON.stringify(first.recorded), JSON.stringify(first.actual)];
  point(
    `The first divergence is at seq ${formatNumber(first.seq)}: the ${first.kind} was ${recorded} and would be ${actual}.`,
    `This is the first of ${formatCount(larger.length, "increment")} above ${MAX_INCREMENT}, and each of them diverges.`,
  );
}

/** The counter with one rule changed: an increment adds at most `MAX_INCREMENT`. */
function withChangedRule(type: ActorType): ActorType {
  const increment = (c: { state: { value: number } }, { by }: { by: number }) => {
    c.state.value += Math.min(by, MAX_INCREMENT);
    return c.state.value;
  };
  return { ...type, handlers: new Map(type.handlers).set("increment", increment) };
}

function replay(type: ActorType, entries: readonly Entry[]): Divergence[] {
  const replay = new Replay(type, namedKey(type, key));
  return entries.flatMap((entry) => replay.next(entry) ?? []);
}

/** The idempotency keys of the recorded effects, in order. */
function effectKeys(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ body }) => (body.kind === "effect" ? `${body.messageId}/${body.n}` : []));
}

function incrementOf({ body }: Entry): number {
  const message = body.kind === "turn" ? body.message : undefined;
  return message?.command === "increment" ? (message.payload as { by: number }).by : 0;
}
