import { GreenroomError, recordedError } from "../../core/errors.ts";
import { type EffectDivergence, initialState, notStarted, runTurn, type TurnResult } from "../../core/turn/turn.ts";
import type { Json } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { Disposition, ForcedFailure, OpenTurn, StagedTurn, WantedEffect } from "../actor/staged-turn.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { expired } from "../shared/refusals.ts";
import { answerQuery, answerStored, toAnswer } from "./answers.ts";
import { attemptOf, dispositionOnFailure, giveUp } from "./disposition.ts";
import { carriedEffects, failureEntries, turnEntries } from "./entries.ts";
import { misfit, toMail, toRecorded } from "./message.ts";
import { stageTurn, toOutgoing, toStagedReminders } from "./stage.ts";

/** What follows from a step. */
export interface StepResult {
  /** To be committed. */
  staged?: StagedTurn;
  /** To be run once all before it is durable. */
  effect?: WantedEffect;
  /** The message failed and is retried at `at`, in milliseconds since 1970. */
  retry?: { delivery: Delivery; at: number };
  /** The code asks for other effects than are recorded: a person has to decide. */
  diverged?: EffectDivergence;
}

/** What a step needs from outside. */
export interface StepContext {
  /** Milliseconds since 1970. */
  now: number;
  mailSeqs: MailSeqs;
  /** Whether this node runs a type. */
  knows(type: string): boolean;
}

/**
 * Processes a message on the actor's newest state. An answer that needs no commit is released as soon as the state that
 * it saw is durable.
 */
export function step(actor: Actor, delivery: Delivery, context: StepContext): StepResult {
  if (delivery.expired) {
    delivery.fail(expired());
    return {};
  }
  if (delivery.storedReply) {
    answerStored(delivery, delivery.storedReply);
    return {};
  }
  if (delivery.kind === "query") {
    answerQuery(actor, delivery);
    return {};
  }
  const turn = openTurn(actor, delivery);
  const problem = delivery.mail === null ? null : misfit(actor, delivery);
  return problem === null ? resume(actor, turn, context) : fail(actor, turn, problem, context);
}

function openTurn(actor: Actor, delivery: Delivery): OpenTurn {
  const effects = [...(delivery.mail?.effects ?? [])];
  return { delivery, message: toRecorded(actor, delivery), effects, state: "busy" };
}

/** Runs a turn from its beginning: a new one, or one whose effect has finished. */
export function resume(actor: Actor, turn: OpenTurn, context: StepContext): StepResult {
  const { message, effects } = turn;
  let before: Json;
  try {
    before = actor.state ?? initialState(actor.definition, actor.namedKey, message.now);
  } catch (error) {
    const result = notStarted(error as GreenroomError, effects);
    return result.kind === "diverged"
      ? diverge(actor, turn, result.divergence, context)
      : fail(actor, turn, result.error, context);
  }
  const bytes = actor.stateBytes ?? undefined;
  const result = runTurn(actor.definition, actor.namedKey, before, message, effects, bytes);
  switch (result.kind) {
    case "done":
      return finish(actor, turn, before, result, context);
    case "failed":
      return fail(actor, turn, result.error, context);
    case "diverged":
      return diverge(actor, turn, result.divergence, context);
    default:
      return wait(actor, turn, result, context);
  }
}

/**
 * The code asks for other effects than are recorded. A turn that was received waits for a person; an attempt that starts
 * with the effects of an earlier one fails like any other.
 */
function diverge(actor: Actor, turn: OpenTurn, divergence: EffectDivergence, context: StepContext): StepResult {
  if (actor.open !== null) return { diverged: divergence };
  const { recorded, n } = divergence;
  const command = `${actor.type}.${turn.message.command}`;
  const text = `${command} took another path than when "${recorded}" was recorded as effect ${n}.`;
  return fail(actor, turn, new GreenroomError("handler_failed", text), context);
}

function finish(
  actor: Actor,
  turn: OpenTurn,
  before: Json,
  result: Extract<TurnResult, { kind: "done" }>,
  context: StepContext,
): StepResult {
  const { delivery, message } = turn;
  const { reply, state, bytes, sends, reminders } = result;
  const unknown = sends.find(({ type }) => !context.knows(type));
  if (unknown !== undefined) {
    const text = `${actor.type}.${message.command} failed: it sends to "${unknown.type}", a type that does not run here.`;
    return fail(actor, turn, new GreenroomError("handler_failed", text), context);
  }
  const changed = actor.state === undefined || state !== before;
  const isSilent = !changed && actor.open === null && sends.length === 0 && reminders.length === 0;
  if (isSilent && delivery.mail === null && delivery.idempotencyKey === undefined) {
    const answer = { ...toAnswer(delivery, reply, actor.head), unrecorded: true as const };
    actor.afterCommit({ release: () => delivery.answer(answer), fail: (error) => delivery.fail(error) });
    return {};
  }
  const staged = stageTurn(actor, turn, {
    after: { state, bytes },
    entries: isRecorded(actor, changed) ? turnEntries(actor, turn, result) : [],
    changed,
    disposition: delivery.mail === null ? null : { kind: "ack", mailSeq: delivery.mail.mailSeq },
    sends: toOutgoing(actor, turn, sends, context.mailSeqs),
    reminders: toStagedReminders(reminders, context.mailSeqs),
    outcome: reply,
  });
  return { staged };
}

/** Whether a finished turn becomes an entry: always in a journal; in a history if it changed the state. */
function isRecorded({ definition: { persistence, history } }: Actor, changed: boolean): boolean {
  return persistence === "journal" || (history && changed);
}

/** A failed turn changes nothing. Its caller gets the error; a mailbox message is retried or given up. */
function fail(
  actor: Actor,
  turn: OpenTurn,
  error: GreenroomError,
  { now }: StepContext,
  decided: ForcedFailure["decided"] = null,
): StepResult {
  const { delivery, effects } = turn;
  const { mail } = delivery;
  const disposition = mail === null ? null : dispositionOf(actor, turn, mail, error, now, decided);
  const recorded =
    actor.definition.persistence === "journal" &&
    (actor.open !== null || mail !== null || error.code === "handler_failed");
  if (!recorded && disposition === null) {
    actor.afterCommit({ release: () => delivery.fail(error), fail: (cause) => delivery.fail(cause) });
    return {};
  }
  const retry = disposition?.kind === "nack" ? disposition.progress : null;
  const entries = recorded ? failureEntries(actor, turn, recordedError(error), attemptOf(mail)) : [];
  const staged = stageTurn(actor, turn, { entries, disposition, outcome: retry === null ? error : null });
  if (retry === null || mail === null) return { staged };
  delivery.mail = { ...mail, ...retry, effects: [...effects] };
  return { staged, retry: { delivery, at: retry.nextAt ?? now } };
}

function dispositionOf(
  actor: Actor,
  { delivery, effects }: OpenTurn,
  mail: Mail,
  error: GreenroomError,
  now: number,
  decided: ForcedFailure["decided"],
): Disposition {
  if (decided === "dead-letter") return giveUp(mail, recordedError(error), effects);
  // A caller that waits gets the error and decides; nothing is left for a person.
  if (decided === "skip" || delivery.isAwaited) return { kind: "ack", mailSeq: mail.mailSeq };
  return dispositionOnFailure(actor.definition, mail, error, effects, now);
}

/** The handler asks for an effect. Before the first one, it must be durable that the message was received. */
function wait(actor: Actor, turn: OpenTurn, { n, call }: WantedEffect, context: StepContext): StepResult {
  if (actor.definition.persistence !== "journal") {
    const error = new GreenroomError("handler_failed", "Only an actor with a journal can have effects.");
    return fail(actor, turn, error, context);
  }
  const effect = { n, call };
  if (actor.open !== null) return { effect };
  const { delivery, message } = turn;
  const carried = carriedEffects(actor, turn);
  const entries = carried.length > 0 ? carried : [NewEntry.of({ kind: "received", messageId: message.id, message })];
  const disposition = delivery.mail === null ? enterMailbox(actor, turn, context) : null;
  const staged = stageTurn(actor, turn, { entries, disposition, open: true });
  actor.suspend(turn);
  return { staged, effect };
}

/** An asked message gets a mailbox row, so that its turn can be resumed after a crash. */
function enterMailbox(actor: Actor, { delivery, message }: OpenTurn, { mailSeqs }: StepContext): Disposition {
  const mail = toMail(message, mailSeqs.next());
  delivery.mail = mail;
  actor.mailbox.add(mail.mailSeq, delivery);
  return { kind: "enter", mail };
}

/** Stages the result of an open turn's newest effect, which must be durable before the turn goes on. */
export function stageEffect(actor: Actor, turn: OpenTurn): StagedTurn {
  const n = turn.effects.length - 1;
  const effect = turn.effects[n] as OpenTurn["effects"][number];
  const startedAt = turn.startedAt === undefined ? {} : { startedAt: turn.startedAt };
  const entry = NewEntry.of({ kind: "effect", messageId: turn.message.id, n, ...startedAt, effect });
  return stageTurn(actor, turn, { entries: [entry], open: true });
}

/**
 * Stages the mark that an attempt has started, before one that may end the process. The attempt counts if the message was
 * marked before: then it runs alone, and a crash is its own.
 */
export function stageStart(actor: Actor, delivery: Delivery, mail: Mail): StagedTurn {
  const started = { ...mail, attempts: mail.attempts + 1, started: true };
  const turn: OpenTurn = { delivery, message: toRecorded(actor, delivery), effects: [], state: "busy" };
  delivery.mail = started;
  const progress = mail.started ? started : { ...mail, started: true };
  const disposition: Disposition = { kind: "begin", mailSeq: mail.mailSeq, progress };
  return stageTurn(actor, turn, { disposition, open: actor.open !== null });
}

/** Fails a mailbox message without running its handler; the reason is known. */
export function failAttempt(
  actor: Actor,
  delivery: Delivery,
  open: OpenTurn | null,
  { error, decided }: ForcedFailure,
  context: StepContext,
): StepResult {
  return fail(actor, open ?? openTurn(actor, delivery), error, context, decided);
}
