import type { ActivityEvent, ActivityKind } from "../../../server/protocol/activity.ts";
import type { EntryKind } from "../../../server/protocol/journal.ts";
import { Badge, type Look } from "./badge.tsx";
import { LifecycleBadge } from "./lifecycle.tsx";

/** The kinds of journal entries. Only failures have a colour. */
const entries: Record<EntryKind, Look> = {
  turn: { glyph: "■", text: "text-dim" },
  received: { glyph: "↓", text: "text-dim" },
  effect: { glyph: "↗", text: "text-dim" },
  attempt_failed: { glyph: "✕", text: "text-red" },
  migrated: { glyph: "↑", text: "text-dim" },
  forked: { glyph: "◇", text: "text-dim" },
  adopted: { glyph: "⊢", text: "text-dim" },
};
const looks: Record<ActivityKind, Look> = {
  ...entries,
  state: { glyph: "■", text: "text-dim" },
  retry: { glyph: "◷", text: "text-amber" },
  dead_letter: { glyph: "✕", text: "text-red" },
  life: { glyph: "○", text: "text-dim" },
};

/** All kinds of entries, the most frequent first, and all kinds of events. */
export const entryKinds = Object.keys(entries) as EntryKind[];
export const eventKinds = Object.keys(looks) as ActivityKind[];

/** The name of a kind: `attempt failed`. */
export function kindName(kind: ActivityKind): string {
  return kind.replaceAll("_", " ");
}

/** The kind of an entry or another event. `isError` marks an entry with an error, such as a failed effect. */
export function KindBadge({ kind, isError = false }: { kind: ActivityKind; isError?: boolean }) {
  return (
    <Badge look={isError ? { ...looks[kind], text: "text-red" } : looks[kind]} className="mono flex">
      {kindName(kind)}
    </Badge>
  );
}

/** The kind of an event, or the new lifecycle. */
export function EventBadge({ kind, isError, lifecycle }: Pick<ActivityEvent, "kind" | "isError" | "lifecycle">) {
  return lifecycle === null ? (
    <KindBadge kind={kind} isError={isError && kind in entries} />
  ) : (
    <LifecycleBadge lifecycle={lifecycle} />
  );
}
