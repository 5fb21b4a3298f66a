import type { Head } from "../../protocol/fold.ts";
import type { Entry, RecordedMessage } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Edit, EffectChoice } from "../../protocol/what-if.ts";
import type { ActorType } from "../define/define.ts";
import { parsePayload } from "../define/payload.ts";
import { GreenroomError } from "../errors.ts";
import { seededRandom, uuidFrom } from "../random.ts";

/** A message that is added, with the seq after which it comes. */
export interface Insertion {
  after: number;
  message: RecordedMessage;
  effects: readonly EffectChoice[];
}

/**
 * The messages that edits add, in order. Their ids are the same each time, so that what a handler makes of them is kept as it
 * was shown.
 * @param fallback their time where no recorded message tells of any, in milliseconds since 1970
 * @throws GreenroomError `not_found` for a place that the entries do not have; and as `parsed`
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
      throw new GreenroomError("not_found", `A message is added after a seq from ${base.seq} to ${to}, not ${after}.`);
    }
    const id = uuidFrom(seededRandom(`${base.seq} ${i} ${after} ${command} ${JSON.stringify(payload)}`));
    return { after, message: { id, command, payload: parsed(type, command, payload), now }, effects };
  });
}

/** The time of the first recorded message. */
function timeOf(entries: readonly Entry[]): number | undefined {
  const first = entries.find(({ body }) => "message" in body && body.message !== undefined)?.body;
  return first !== undefined && "message" in first ? first.message?.now : undefined;
}

/**
 * What the schema of a command makes of a payload.
 * @throws GreenroomError `unknown_command`, `invalid_payload`, `payload_too_large`
 */
export function parsed(type: ActorType, command: string, payload: Json): Json {
  const operation = type.operations.get(command);
  if (operation?.kind !== "command") {
    throw new GreenroomError("unknown_command", `${type.type} has no command "${command}".`);
  }
  return parsePayload(operation.schema, payload, `${type.type}.${command}`).value;
}
