import type { EffectCall } from "../../core/define/effects.ts";
import type { GreenroomError } from "../../core/errors.ts";
import type { Fingerprint } from "../../core/turn/fingerprint.ts";
import type { Json, RecordedEffect, RecordedError, RecordedMessage, RunningEffect } from "../../protocol/journal.ts";
import type { NextTry } from "../../protocol/mail.ts";
import type { Mail, Progress, StagedReminder } from "../ports/mail-rows.ts";
import type { Outgoing } from "../shared/external-write.ts";
import type { Actor } from "./actor.ts";
import type { Answer, Delivery } from "./delivery.ts";
import type { NewEntry } from "./new-entry.ts";

/** A turn that waits to be committed, or the part of it that must be durable before it goes on. */
export interface StagedTurn {
  readonly actor: Actor;
  /** The states before and after; `before` is null for an actor's first. The same object when nothing changed. */
  readonly before: Json;
  readonly after: Json;
  /** The revision, or seq, before and after; equal when only a reply is stored. */
  readonly expected: number;
  readonly head: number;
  /** The size of `after` in bytes of JSON; null when it is not known. */
  readonly bytes: number | null;
  /** The entries to append to the journal or the history, and the seq that the first of them follows. */
  readonly entries: readonly NewEntry[];
  readonly afterSeq: number;
  /** The command, with the time that its handler saw. */
  readonly message: RecordedMessage;
  /** The time that the newest finished and successful turn saw. */
  readonly turnTime: number;
  /** What becomes of the message's mailbox row; null when it has none. */
  readonly disposition: Disposition | null;
  readonly sends: readonly Outgoing[];
  readonly reminders: readonly StagedReminder[];
  /** The caller and its reply or error, released by the commit. Null while the turn goes on. */
  readonly answer: { delivery: Delivery; outcome: Answer | GreenroomError } | null;
  /** Whether the turn goes on after this commit, so that a crash leaves it to be resumed. */
  readonly open: boolean;
  /** Answers that saw this state and wait for its commit. */
  readonly outputs: Output[];
  /** Run in order once this is durable: an effect starts, a retry is scheduled. */
  readonly tasks: (() => void)[];
  /** Set when this can never commit. */
  broken: boolean;
}

/** An answer that waits until the state that it saw is durable. */
export interface Output {
  release(): void;
  fail(error: GreenroomError): void;
}

/**
 * What a commit does with a message's row in its mailbox.
 * - `enter`: adds one, so that the turn can be resumed after a crash.
 * - `ack`: deletes it; the message is processed.
 * - `begin`: marks it as started, before an attempt that may end the process.
 * - `nack`: stores the failed attempt and when the next one is due.
 * - `dead`: moves it to the dead letters.
 */
export type Disposition =
  | { kind: "enter"; mail: Mail }
  | { kind: "ack"; mailSeq: number }
  | { kind: "begin"; mailSeq: number; progress: Progress }
  | { kind: "nack"; mailSeq: number; progress: Progress }
  | { kind: "dead"; mailSeq: number; letter: Letter };

/** What a dead letter stores besides its message. */
export interface Letter extends Fingerprint {
  attempts: number;
  error: RecordedError;
  effects: readonly RecordedEffect[];
}

/** A turn that waits for effects: its message, the effects that have finished, and the caller. */
export interface OpenTurn {
  readonly delivery: Delivery;
  readonly message: RecordedMessage;
  readonly effects: RecordedEffect[];
  /** `ready` to go on; or `busy` while an effect runs or a part of the turn is being committed. */
  state: "ready" | "busy";
  /** When the newest effect's first attempt started, in milliseconds since 1970. */
  startedAt?: number;
  /** The effect that runs. */
  running?: RunningEffect | undefined;
}

/** An effect that a handler asks for: its number within the message, and the call. */
export interface WantedEffect {
  n: number;
  call: EffectCall;
}

/** A message that blocks its actor: until its retry, or until it is durably marked as started. */
export interface Hold {
  readonly delivery: Delivery;
  /** The retry; null while the mark is being committed. */
  readonly nextTry: NextTry | null;
}

/** The failure of a mailbox message that is not to run: it cannot be stored, or a person gave it up. */
export interface ForcedFailure {
  readonly error: GreenroomError;
  /** What a person decided; null when nobody did. */
  readonly decided: "skip" | "dead-letter" | null;
}

/** Fails the caller of a turn that can never commit, and the answers that saw its state. */
export function failStaged(staged: StagedTurn, error: GreenroomError): void {
  staged.broken = true;
  staged.answer?.delivery.fail(error);
  for (const output of staged.outputs) output.fail(error);
}
