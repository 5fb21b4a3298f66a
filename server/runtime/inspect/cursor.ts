import { GreenroomError } from "../../core/errors.ts";
import { decodeKeyText } from "../../protocol/key-text.ts";
import type { ActorId } from "../ports/ids.ts";
import type { ListCursor } from "../ports/listing.ts";

const digits = "[0-9a-z]{1,11}";
const forms = {
  active: new RegExp(`^(?<time>${digits})\\.(?<id>${digits})$`),
  created: new RegExp(`^(?<id>${digits})$`),
  key: /^(?<type>[^/]{1,64})\/(?<keyText>.+)$/,
};

/** A list's cursor as callers carry it: opaque to them. */
export function formatCursor(cursor: ListCursor): string {
  switch (cursor.by) {
    case "active":
      return `${cursor.lastActiveAt.toString(36)}.${cursor.id.toString(36)}`;
    case "created":
      return cursor.id.toString(36);
    case "key":
      return `${cursor.type}/${cursor.keyText}`;
  }
}

/**
 * Reads a cursor that `formatCursor` wrote, of a list that is sorted by the same.
 * @throws GreenroomError `invalid_payload`
 */
export function parseCursor(text: string, by: ListCursor["by"]): ListCursor {
  const { time = "", id = "", type = "", keyText = "" } = forms[by].exec(text)?.groups ?? {};
  if (by === "key" && type !== "" && decodeKeyText(keyText) !== null) return { by, type, keyText };
  const number = Number.parseInt(id, 36) as ActorId;
  if (by === "created" && Number.isSafeInteger(number)) return { by, id: number };
  const lastActiveAt = Number.parseInt(time, 36);
  if (by === "active" && Number.isSafeInteger(number) && lastActiveAt <= MAX_TIME)
    return { by, lastActiveAt, id: number };
  throw new GreenroomError("invalid_payload", "The cursor is not one that a page before gave; begin without it.");
}

/** The last time that a cursor may hold: the end of the year 9999. */
const MAX_TIME = 253_402_300_799_999;
