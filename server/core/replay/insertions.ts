import type { Head } from "../../protocol/fold.ts";
import type { Entry, RecordedMessage } from "../../protocol/journal.ts";
import type { Edit, EffectChoice } from "../../protocol/what-if.ts";
import type { ActorType } from "../define/define.ts";
import { parseCommand } from "../define/payload.ts";
import { GreenroomError } from "../errors.ts";
import { seededRandom, uuidFrom } from "../random.ts";

/** A message that a what-if adds after a seq. */
export interface Insertion {
  after: number;
  message: RecordedMessage;
  effects: readonly EffectChoice[];
}

/**
 * The messages that edits add, in order. Their ids are deterministic, so a fork of the what-if stores what the handlers
 * made of them.
 * @param fallback their time in milliseconds since 1970, if no recorded message provides one
 * @throws GreenroomError `not_found` for a seq outside the entries; and as `parseCommand`
 */
export function insertions(
  type: ActorType,
  base: Head,
  entries: readonly Entry[],
  edits: readonly Edit[],
  fallback: number,
): Insertion[] {
  const added = edits.filter((edit) => "after" in edit).sort((one, other) => one.after - other.after);
  const to = entries.at(-1)?.seq ?? base.seq;
  const now = base.turnTime > 0 ? base.turnTime : (timeOf(entries) ?? fallback);
  return added.map(({ after, command, payload, effects }, i) => {
    if (after < base.seq || after > to) {
      throw new GreenroomError(
        "not_found",
        `A message can be added after a seq from ${base.seq} to ${to}, not ${after}.`,
      );
    }
    const id = uuidFrom(seededRandom(`${base.seq} ${i} ${after} ${command} ${JSON.stringify(payload)}`));
    return { after, message: { id, command, payload: parseCommand(type, command, payload), now }, effects };
  });
}

/** The time of the first recorded message. */
function timeOf(entries: readonly Entry[]): number | undefined {
  const first = entries.find(({ body }) => "message" in body && body.message !== undefined)?.body;
  return first !== undefined && "message" in first ? first.message?.now : undefined;
}
