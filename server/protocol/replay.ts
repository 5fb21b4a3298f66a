import { z } from "zod";
import type { Json } from "./json.ts";

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
