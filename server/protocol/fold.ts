import type { Entry, Json, Patch, RecordedEffect, RecordedMessage } from "./journal.ts";

/** A received message that is not finished, with its finished effects. */
export interface OpenTurn {
  message: RecordedMessage;
  effects: RecordedEffect[];
}

/**
 * An actor as its journal describes it up to `seq`. `state` is undefined before the first turn; `turnTime` is the time
 * of the newest turn.
 */
export interface Head {
  seq: number;
  state: Json | undefined;
  version: number;
  turnTime: number;
  open: OpenTurn | null;
}

/** The head of an empty journal. */
export function emptyHead(version: number): Head {
  return { seq: 0, state: undefined, version, turnTime: 0, open: null };
}

/**
 * Applies the entries that follow a head, without running any code of the actor. Modifies the head's state in place, so
 * the head must be the caller's own.
 * @throws Error when an entry is missing or does not fit
 */
export function fold(head: Head, entries: Iterable<Entry>): Head {
  for (const entry of entries) {
    if (entry.seq !== head.seq + 1) throw new Error(`Entry ${head.seq + 1} is missing; the next one is ${entry.seq}.`);
    foldEntry(head, entry);
    head.seq = entry.seq;
  }
  return head;
}

function foldEntry(head: Head, { body }: Entry): void {
  switch (body.kind) {
    case "turn":
      if (body.state !== undefined) head.state = body.state;
      else if (body.patches !== undefined) applyPatches(head.state as Json, body.patches);
      head.version = body.version;
      head.turnTime = (body.message ?? head.open?.message)?.now ?? head.turnTime;
      head.open = null;
      return;
    case "received":
      head.open = { message: body.message, effects: [...(body.effects ?? [])] };
      return;
    case "effect":
      if (head.open?.message.id !== body.messageId) throw new Error("An effect belongs to no open turn.");
      head.open.effects.push(body.effect);
      return;
    case "attempt_failed":
      head.open = null;
      return;
    case "migrated":
      head.state = body.state;
      head.version = body.to;
      return;
    case "forked":
    case "adopted":
      if (body.state !== undefined) head.state = body.state;
      head.version = body.version;
      head.turnTime = body.turnTime;
      return;
    default:
      throw new Error(`An entry of the kind "${(body as { kind: string }).kind}" is not supported by this version.`);
  }
}

/**
 * Applies patches to a state in place. The state and the patches' values must be the caller's own.
 * @throws Error when a patch does not fit the state
 */
export function applyPatches(state: Json, patches: readonly Patch[]): void {
  for (const patch of patches) applyPatch(state, patch);
}

function applyPatch(state: Json, { op, path, value }: Patch): void {
  const last = path.at(-1);
  let parent = state;
  for (const step of path.slice(0, -1)) parent = member(parent, step, path);
  if (last === undefined || typeof parent !== "object" || parent === null) throw misfit(path);
  if (Array.isArray(parent)) changeList(parent, op, last, value as Json, path);
  else changeObject(parent as Record<string, Json>, op, String(last), value as Json, path);
}

function changeList(list: Json[], op: Patch["op"], at: string | number, value: Json, path: Patch["path"]): void {
  if (at === "length") {
    // Never lengthen it: a patch from a file must not create a list of billions of items.
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > list.length) throw misfit(path);
    list.length = Number(value);
    return;
  }
  const index = Number(at);
  if (!Number.isInteger(index) || index < 0 || index > list.length) throw misfit(path);
  if (op === "add") list.splice(index, 0, value);
  else if (op === "remove") list.splice(index, 1);
  else list[index] = value;
}

function changeObject(
  object: Record<string, Json>,
  op: Patch["op"],
  name: string,
  value: Json,
  path: Patch["path"],
): void {
  if (name === "__proto__") throw misfit(path);
  // Removing a missing member is allowed: a handler may delete a member that never existed.
  if (op === "replace" && !Object.hasOwn(object, name)) throw misfit(path);
  if (op === "remove") delete object[name];
  else object[name] = value;
}

function member(container: Json, step: string | number, path: Patch["path"]): Json {
  // Only own members: a path must never lead to a prototype.
  if (typeof container !== "object" || container === null || !Object.hasOwn(container, step)) throw misfit(path);
  return container[step as never];
}

function misfit(path: Patch["path"]): Error {
  return new Error(`A patch of ${path.join(".")} does not fit the state.`);
}
