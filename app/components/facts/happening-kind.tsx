import type { ActivityEvent, ActivityKind } from "../../../server/protocol/activity.ts";
import { EntryKindBadge, entryKinds } from "./entry-kind.tsx";
import { LifecycleBadge } from "./lifecycle.tsx";

/** How the kinds are drawn that are no entries. */
const looks = {
  state: { glyph: "■", text: "text-dim", word: "state" },
  retry: { glyph: "◷", text: "text-amber", word: "retry" },
  dead_letter: { glyph: "✕", text: "text-red", word: "dead letter" },
  life: { glyph: "○", text: "text-dim", word: "life" },
} as const;

/** All kinds of what happens. */
export const happeningKinds: ActivityKind[] = [...entryKinds, ...(Object.keys(looks) as (keyof typeof looks)[])];

/** What kind of thing it is: a step in a life by where it led to. */
export function HappeningBadge({ kind, isError, lifecycle }: Pick<ActivityEvent, "kind" | "isError" | "lifecycle">) {
  if (lifecycle !== null) return <LifecycleBadge lifecycle={lifecycle} />;
  if (kind === "state" || kind === "retry" || kind === "dead_letter" || kind === "life") {
    const { glyph, text, word } = looks[kind];
    return (
      <span className={`mono flex items-center gap-1.5 whitespace-nowrap ${text}`}>
        <span aria-hidden className="inline-block w-3 shrink-0 text-center leading-none">
          {glyph}
        </span>
        {word}
      </span>
    );
  }
  return <EntryKindBadge kind={kind} isError={isError} />;
}
