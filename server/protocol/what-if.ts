import { z } from "zod";
import type { Head } from "./fold.ts";
import type { Entry, Json, RecordedEffect, RecordedMessage } from "./journal.ts";

/** How a replay can differ from a journal. */
export type DivergenceKind = "state" | "reply" | "send" | "reminder" | "throw" | "other effect" | "missing effect";

/** A difference between a journal and what the current code does with the same message. */
export interface Divergence {
  seq: number;
  kind: DivergenceKind;
  /**
   * The recorded and the actual value; null for none. For a throw: the recorded reply or error, or the effect before
   * which the code threw; and the error's message.
   */
  recorded: Json;
  actual: Json;
}

/** The range to replay; the whole retained history by default. */
export const replayRange = z.strictObject({
  from: z.coerce.number().int().min(1).optional(),
  to: z.coerce.number().int().min(1).optional(),
});
export type ReplayRange = z.infer<typeof replayRange>;

/** The progress of a replay, and the divergences since the previous step. */
export interface ReplayStep {
  seq: number;
  to: number;
  turns: number;
  divergences: Divergence[];
}

/** Maximum number of recorded entries that a what-if covers. */
export const MAX_WHAT_IF_ENTRIES = 1_000;
/** Maximum number of edits. */
const MAX_EDITS = 200;
/** Maximum number of chosen answers to the effects of one message. */
const MAX_CHOICES = 100;

const value = z.custom<Json>((given) => given !== undefined, "a JSON value");
const n = z.number().int().min(0);

/** The answer to the `n`th effect of a message, from 0: a result, or a final error. */
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

const skipped = z.strictObject({ message, skip: z.literal(true) });
const changed = z.strictObject({ message, payload: value.optional(), effects });
const added = z.strictObject({ after: n, command: z.string().max(64), payload: value, effects });
export type AddedMessage = z.infer<typeof added>;

/** An edit: a recorded message, by its id, is skipped or changed, or a message is added after a seq. */
const edit = z.union([skipped, changed, added]);
export type Edit = z.infer<typeof edit>;

/** A what-if: it runs the recorded entries after the seq `at`, up to `to`, with these edits. */
const whatIfRequest = z.strictObject({
  at: n,
  /** As far as possible by default. */
  to: n.optional(),
  edits: z.array(edit).max(MAX_EDITS).refine(isOnce, "each message can be edited only once").default([]),
});
export type WhatIfRequest = z.infer<typeof whatIfRequest>;

/** A what-if, and the key of the actor that stores its result, if wanted. */
export const whatIfCall = z.strictObject({
  ...whatIfRequest.shape,
  keep: z.strictObject({ key: z.array(z.string()).min(1).max(8) }).optional(),
});

function isOnce(edits: readonly Edit[]): boolean {
  const named = edits.flatMap((one) => ("message" in one ? [one.message] : []));
  return new Set(named).size === named.length;
}

/** A finished effect, and where its answer came from: the journal, or the user's choice. */
export interface AnsweredEffect {
  source: "recorded" | "given" | "failing";
  effect: RecordedEffect;
}

/** An effect that nothing answers. `recorded` is the name of the recorded effect in its place. */
export interface WantedEffect {
  name: string;
  n: number;
  recorded: string | null;
}

/** One message of a what-if, and its outcome. */
export interface WhatIfStep {
  /** The entry that ended its recorded attempt; null for an added message. */
  seq: number | null;
  /** The newest entry of the alternative history after it. */
  head: number;
  /** As it ran, or as recorded if it was skipped. */
  message: RecordedMessage;
  edit: "none" | "changed" | "skipped" | "added";
  /**
   * `done earlier`: an earlier attempt, which failed in the recorded history, succeeded here. `wants`: the run stopped
   * here.
   */
  outcome: "done" | "rejected" | "threw" | "skipped" | "done earlier" | "wants";
  /** In the order that the handler requested them. */
  effects: AnsweredEffect[];
  wants: WantedEffect | null;
  /** How it differs from the recorded message. */
  differs: DivergenceKind | null;
}

/** A divergence. For states, the values are those at the first path that differs. */
export interface WhatIfDivergence extends Divergence {
  path: (string | number)[];
}

/** The result of a what-if with the current code. `entries` are those that the journal would have after `at`. */
export interface WhatIfRun {
  entries: Entry[];
  steps: WhatIfStep[];
  /** The first divergence. */
  first: WhatIfDivergence | null;
}

/** A what-if beside the recorded history: the actor at `base.seq`, and the recorded entries after it. */
export interface WhatIf extends WhatIfRun {
  base: Head;
  original: Entry[];
  /** The journal's newest entry, which may be beyond the last of `original`. */
  head: number;
}
