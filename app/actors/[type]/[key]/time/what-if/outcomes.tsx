import type { WhatIfStep } from "../../../../../../server/protocol/what-if.ts";

/** How what became of a message is drawn. */
export const outcomeLooks: Record<WhatIfStep["outcome"], { glyph: string; colour: string; word: string }> = {
  done: { glyph: "✓", colour: "text-emerald", word: "ok" },
  rejected: { glyph: "⊘", colour: "text-amber", word: "rejected" },
  threw: { glyph: "✕", colour: "text-red", word: "threw" },
  "left out": { glyph: "−", colour: "text-faint", word: "left out" },
  "over before": { glyph: "−", colour: "text-faint", word: "over before" },
  wants: { glyph: "◷", colour: "text-amber", word: "wants an effect" },
};
