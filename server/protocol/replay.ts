import { z } from "zod";
import type { Json } from "./json.ts";

/** In what a replay may differ from a journal. */
export type DivergenceKind = "state" | "reply" | "send" | "reminder" | "throw" | "other effect" | "missing effect";

/** A difference between what a journal says and what the code that runs now makes of the same message. */
export interface Divergence {
  seq: number;
  kind: DivergenceKind;
  /**
   * What the journal holds, and what the code gave; null for nothing. Of a throw: the recorded reply or error, or the effect
   * before which it was thrown; and the error's message.
   */
  recorded: Json;
  actual: Json;
}

/** Which entries of an actor are replayed: all that are kept, unless told. */
export const replayRange = z.object({
  from: z.coerce.number().int().min(1).optional(),
  to: z.coerce.number().int().min(1).optional(),
});
export type ReplayRange = z.infer<typeof replayRange>;

/** How far a replay has come: up to an entry, of how many; and what it found since it told that last. */
export interface ReplayStep {
  seq: number;
  to: number;
  turns: number;
  divergences: Divergence[];
}
