import type { EntryKind } from "../../../server/protocol/journal.ts";

/** How each kind of entry is drawn. Only what failed has a colour: the others are no states. */
const looks: Record<EntryKind, { glyph: string; text: string }> = {
  turn: { glyph: "■", text: "text-dim" },
  received: { glyph: "↓", text: "text-dim" },
  effect: { glyph: "↗", text: "text-dim" },
  attempt_failed: { glyph: "✕", text: "text-red" },
  migrated: { glyph: "↑", text: "text-dim" },
  forked: { glyph: "◇", text: "text-dim" },
  adopted: { glyph: "⊢", text: "text-dim" },
};

/** All kinds, the most frequent first. */
export const entryKinds = Object.keys(looks) as EntryKind[];

/** What kind of entry it is. `isError` says that it tells of an error, as that of an effect may. */
export function EntryKindBadge({ kind, isError = false }: { kind: EntryKind; isError?: boolean }) {
  const { glyph, text } = looks[kind];
  return (
    <span className={`mono flex items-center gap-1.5 whitespace-nowrap ${isError ? "text-red" : text}`}>
      <span aria-hidden className="inline-block w-3 shrink-0 text-center leading-none">
        {glyph}
      </span>
      {kind}
    </span>
  );
}
