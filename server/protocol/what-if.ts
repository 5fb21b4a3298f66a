import { z } from "zod";
import type { Head } from "./fold.ts";
import type { Entry, RecordedEffect, RecordedMessage } from "./journal.ts";
import type { Json } from "./json.ts";
import type { Divergence, DivergenceKind } from "./replay.ts";

/** The most recorded entries that a what-if goes over. */
export const MAX_WHAT_IF_ENTRIES = 1_000;
/** The most messages that are changed, left out and added in one. */
const MAX_EDITS = 200;
/** The most effects of one message that are answered otherwise than is recorded. */
const MAX_CHOICES = 100;

const value = z.custom<Json>((given) => given !== undefined, "a JSON value");
const n = z.number().int().min(0);

/** The `n`th effect of a message, from 0, gives this result; or fails for good with this error. */
const effectChoice = z.union([
  z.strictObject({ n, result: value }),
  z.strictObject({
    n,
    error: z.strictObject({
      name: z.string().min(1).max(100).default("TerminalError"),
      message: z.string().min(1).max(1_000),
    }),
  }),
]);
export type EffectChoice = z.infer<typeof effectChoice>;

const effects = z.array(effectChoice).max(MAX_CHOICES).default([]);
const message = z.string().min(1).max(64);

const leftOut = z.strictObject({ message, leaveOut: z.literal(true) });
const changed = z.strictObject({ message, payload: value.optional(), effects });
const added = z.strictObject({ after: n, command: z.string().max(64), payload: value, effects });
export type AddedMessage = z.infer<typeof added>;

/** What is done otherwise: a recorded message, by its id, is left out or changed; or one is added after a seq. */
const edit = z.union([leftOut, changed, added]);
export type Edit = z.infer<typeof edit>;

/** What is tried: from the seq `at` on, over the recorded entries up to `to`, with these edits. */
const whatIfRequest = z.strictObject({
  at: n,
  /** As many as there are, and as may be, unless told. */
  to: n.optional(),
  edits: z.array(edit).max(MAX_EDITS).refine(isOnce, "each message is edited once").default([]),
});
export type WhatIfRequest = z.infer<typeof whatIfRequest>;

/** What is tried, and whether what comes of it is kept as a new actor: under which key. */
export const whatIfCall = z.strictObject({
  ...whatIfRequest.shape,
  keep: z.strictObject({ key: z.array(z.string()).min(1).max(8) }).optional(),
});

function isOnce(edits: readonly Edit[]): boolean {
  const named = edits.flatMap((one) => ("message" in one ? [one.message] : []));
  return new Set(named).size === named.length;
}

/** An effect that is over, and where its answer came from: the journal, or the person. */
export interface AnsweredEffect {
  source: "recorded" | "given" | "failing";
  effect: RecordedEffect;
}

/** An effect that a message asks for, and that nothing answers; `recorded` is what the journal has in its place. */
export interface WantedEffect {
  name: string;
  n: number;
  recorded: string | null;
}

/** One message of the line, and what became of it. */
export interface WhatIfStep {
  /** The entry that its recorded attempt ended with; null for a message that was added. */
  seq: number | null;
  /** The newest entry of the other history after it. */
  head: number;
  /** As it ran; of a message that was left out, as it is recorded. */
  message: RecordedMessage;
  edit: "none" | "changed" | "left out" | "added";
  /** `over before`: an earlier attempt, which failed as it is recorded, was the last one here. `wants`: nothing ran on. */
  outcome: "done" | "rejected" | "threw" | "left out" | "over before" | "wants";
  /** Of its effects, in the order that they were asked for. */
  effects: AnsweredEffect[];
  wants: WantedEffect | null;
  /** In what it differs from what is recorded. */
  differs: DivergenceKind | null;
}

/** A difference from what is recorded; of states, of the values at the first path that differs. */
export interface WhatIfDivergence extends Divergence {
  path: (string | number)[];
}

/** What came of a what-if, by the code that runs now. `entries` are what the journal would hold after `at`. */
export interface WhatIfRun {
  entries: Entry[];
  steps: WhatIfStep[];
  /** The first place where it is not what is recorded. */
  first: WhatIfDivergence | null;
}

/** A what-if beside what is recorded: the actor as it was at `base.seq`, and the recorded entries after it. */
export interface WhatIf extends WhatIfRun {
  base: Head;
  original: Entry[];
  /** The journal's newest entry: those after the last of `original` were left aside. */
  head: number;
}
