/**
 * Named points before and after each step that writes or sends, in about the order in which a message reaches them. Tests
 * end a process at each point and check that the next process recovers.
 */
export const crashPoints = [
  "claim: before the epochs are raised",
  "claim: the epochs are raised, not committed",
  "claim: granted",
  "tell: accepted",
  "ids: before they are given",
  "ids: given",
  "commit: before it is sent",
  "commit: sent",
  "commit: before COMMIT",
  "commit: durable",
  "out: before the replies",
  "out: after the replies",
  "out: after the mailboxes",
  "mailbox: read",
  "mailbox: failed, before its nack",
  "mailbox: given up, before its dead letter",
  "mailbox: back after a wait",
  "mailbox: about to be marked as started",
  "effect: before the call",
  "effect: after the call",
  "reminders: read",
  "reminders: fired",
  "checkpoint: before it is written",
  "checkpoint: written, older ones not deleted",
  "checkpoint: written",
  "redrive: started",
  "redrive: trial chosen",
  "redrive: read",
  "redrive: moved, not counted",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

let hook: ((point: CrashPoint) => void) | null = null;

/** Marks a point where the process may die. Does nothing unless a test listens. */
export function crashPoint(point: CrashPoint): void {
  hook?.(point);
}

/** Calls `listener` at every crash point. For tests. */
export function onCrashPoint(listener: (point: CrashPoint) => void): void {
  hook = listener;
}
