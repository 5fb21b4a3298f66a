import { isDeepStrictEqual } from "node:util";
import type { ActorType } from "../../core/define/define.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/replay.ts";
import { address, Counter, key, MOST, withChangedRule } from "./counter.ts";
import { must } from "./must.ts";
import { readJournal } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { count, counted, duration, point, say, step } from "./terminal.ts";

/** Replays the whole journal by the code that wrote it, and by one with a changed rule. */
export async function verifyJournal({ store, quotes }: Stage): Promise<void> {
  const entries = await readJournal(store, address);

  step(7, "Verified by replay");
  say("Every turn runs again from its recorded message and effects, and is compared.", "");
  const begunAt = performance.now();
  const divergences = replay(Counter, entries);
  const turns = entries.filter((entry) => entry.body.kind === "turn").length;
  must(divergences.length === 0, "the same code does the same");
  point(
    `${counted(turns, "turn")}, ${counted(divergences.length, "divergence")}, in ${duration(performance.now() - begunAt)}.`,
  );
  const keys = quotes.calls.map((calls) => calls.idempotencyKey);
  const calls = quotes.calls.reduce((sum, calls) => sum + calls.count, 0);
  must(isDeepStrictEqual(keys, effectKeys(entries)), "the service was called for the recorded effects, and no others");
  must(calls === keys.length + 1, "only the call that was cut off was made again");
  point(
    `The service was called ${count(calls)} times: once for each of the ${count(keys.length)} effects in the journal, and`,
    "once more for the one that was cut off.",
  );

  step(8, "A changed rule is caught");
  say(`Now the code says that an increment adds ${MOST} at most.`, "");
  const changed = replay(withChangedRule(Counter), entries);
  const larger = entries.filter((entry) => incrementOf(entry) > MOST);
  const [first] = changed;
  must(first !== undefined && first.seq === larger[0]?.seq, "the first divergence is where the rule first matters");
  must(changed.length === larger.length, "every turn that the rule changes diverges");
  point(
    `The first divergence is at seq ${count(first.seq)}: the ${first.kind} was ${text(first.recorded)}, and would be ${text(first.actual)}.`,
    `That is the first of ${counted(larger.length, "increment")} above ${MOST}, and each of them diverges.`,
  );
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

const text = (value: unknown) => JSON.stringify(value);
