import { GreenroomError } from "../core/errors.ts";
import type { ListCursor } from "./listing-port.ts";
import type { ActorId } from "./ports.ts";

/** A list's cursor as callers carry it: opaque to them. */
export function formatCursor({ lastActiveAt, id }: ListCursor): string {
  return `${lastActiveAt.toString(36)}.${id.toString(36)}`;
}

/**
 * Reads a cursor that `formatCursor` wrote.
 * @throws GreenroomError `invalid_payload`
 */
export function parseCursor(text: string): ListCursor {
  const match = /^([0-9a-z]{1,10})\.([0-9a-z]{1,11})$/.exec(text);
  if (match === null) {
    throw new GreenroomError("invalid_payload", "The cursor is not one that a page before gave; begin without it.");
  }
  const [, lastActiveAt = "", id = ""] = match;
  return { lastActiveAt: Number.parseInt(lastActiveAt, 36), id: Number.parseInt(id, 36) as ActorId };
}
