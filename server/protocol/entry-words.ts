import type { Entry, EntryBody, Json, Patch } from "./journal.ts";

/** Maximum length of a preview, and of a text inside it, in characters. */
export const MAX_PREVIEW = 240;
export const MAX_INNER = 40;
/** Maximum length of a value in a row. */
const MAX_VALUE = 80;
/** How many changed paths a row names. */
const NAMED_PATHS = 3;

/** One entry in a few words. */
export interface EntryWords {
  /** The command or effect; null if only an unknown entry names it. */
  name: string | null;
  /** The change, the payload, or a description. */
  what: string;
  /** The reply, or an effect's result; null if there is none. */
  outcome: string | null;
}

/** Describes an entry. `commands` has the commands of messages that earlier entries received, by message id. */
export function wordsOf({ body }: { body: EntryBody }, commands?: ReadonlyMap<string, string>): EntryWords {
  switch (body.kind) {
    case "turn": {
      const name = body.message?.command ?? commands?.get(body.messageId) ?? null;
      const what = body.state === undefined ? changedPaths(body.patches) : "the whole state";
      return { name, what, outcome: preview(body.reply, MAX_VALUE) };
    }
    case "received":
      return { name: body.message.command, what: preview(body.message.payload, MAX_VALUE), outcome: null };
    case "effect": {
      const { name, attempts } = body.effect;
      const what = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
      if ("result" in body.effect) return { name, what, outcome: preview(body.effect.result, MAX_VALUE) };
      return { name, what: `${what}: ${body.effect.error.message}`, outcome: null };
    }
    case "attempt_failed": {
      const name = body.message?.command ?? commands?.get(body.messageId) ?? null;
      return { name, what: body.error.message, outcome: null };
    }
    case "forked": {
      const { from, whatIf = 0 } = body;
      const followed = whatIf === 0 ? "" : `, then ${whatIf} ${whatIf === 1 ? "entry" : "entries"} from a what-if`;
      return { name: "state", what: `from ${from.key} at ${from.seq}${followed}`, outcome: null };
    }
    case "adopted":
      return { name: "state", what: `adopted at revision ${body.revision}`, outcome: null };
    case "migrated":
      return { name: "state", what: `version ${body.from} → ${body.to}`, outcome: null };
  }
}

/** Whether an entry reports an error. */
export function isFailure({ body }: Pick<Entry, "body">): boolean {
  return body.kind === "attempt_failed" || (body.kind === "effect" && "error" in body.effect);
}

/** Names the paths of a change. */
export function changedPaths(patches: readonly Pick<Patch, "path">[] = []): string {
  if (patches.length === 0) return "nothing";
  if (patches.some(({ path }) => path.length === 0)) return "the whole state";
  const paths = patches.slice(0, NAMED_PATHS).map(({ path }) => formatPath(path));
  const unnamed = patches.length - paths.length;
  return paths.join(", ") + (unnamed > 0 ? ` and ${unnamed} more` : "");
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A path as code writes it: `items[3].name`, `["odd name"].x`. */
export function formatPath(path: readonly (string | number)[]): string {
  const text = path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return identifier.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

/** A value on one line, truncated. Only its beginning is read, so a large value costs no more than a small one. */
export function preview(value: Json, max = MAX_PREVIEW): string {
  if (typeof value === "string") return JSON.stringify(value.length > max ? `${value.slice(0, max)}…` : value);
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  const parts: string[] = [];
  let length = 0;
  for (const step of isList ? value.keys() : Object.keys(value)) {
    if (length >= max) {
      parts.push("…");
      break;
    }
    const inner = value[step as never] as Json;
    const text =
      typeof inner === "object" && inner !== null ? (Array.isArray(inner) ? "[…]" : "{…}") : preview(inner, MAX_INNER);
    parts.push(isList ? text : `${step}: ${text}`);
    length += text.length + (isList ? 2 : String(step).length + 4);
  }
  return isList ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}
