import type { EffectCall } from "../../core/define/effects.ts";
import { GreenroomError, recordedError } from "../../core/errors.ts";
import { type EffectDivergence, initialState, notStarted, runTurn, type TurnResult } from "../../core/turn/turn.ts";
import type { RecordedMessage } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Actor, ForcedFailure, OpenTurn, StagedTurn } from "../actor/actor.ts";
import type { Answer, Delivery } from "../actor/delivery.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { answerKept, answerQuery, expired, toAnswer } from "./answers.ts";
import { attemptOf, type Disposition, dispositionOnFailure, giveUp } from "./disposition.ts";
import { carriedEffects, failureEntries, turnEntries } from "./entries.ts";
import { toMail, toRecorded, unfit } from "./message.ts";
import { stageTurn, toOutgoing, toStagedReminders } from "./stage.ts";

/** What is to be done after a message was processed as far as it goes. */
export interface StepResult {
  /** Something to commit. */
  staged?: StagedTurn;
  /** An effect to be run, once all that came before it is durable. */
  effect?: { n: number; call: EffectCall };
  /** The message failed, and is tried again at this time (milliseconds since 1970). */
  retry?: { delivery: Delivery; at: number };
  /** The recorded effects are not those that the code asks for: a person has to look. */
  diverged?: EffectDivergence;
}

/** What a step needs of the world. */
export interface StepContext {
  /** Milliseconds since 1970. */
  now: number;
  ids: MailSeqs;
  /** Whether a message goes to a type that runs here. */
  knows(type: string): boolean;
}

/**
 * Processes the message at the head of an actor's line, on its newest state. Whatever needs no commit is answered as
 * soon as the state that it saw is durable.
 */
export function step(actor: Actor, delivery: Delivery, context: StepContext): StepResult {
  if (delivery.expired) {
    delivery.fail(expired());
    return {};
  }
  if (delivery.storedReply) {
    answerKept(delivery, delivery.storedReply);
    return {};
  }
  if (delivery.kind === "query") {
    answerQuery(actor, delivery);
    return {};
  }
  const effects = [...(delivery.mail?.effects ?? [])];
  const turn: OpenTurn = { delivery, message: toRecorded(actor, delivery), effects, state: "busy" };
  const problem = delivery.mail === null ? null : unfit(actor, delivery);
  return problem === null ? resume(actor, turn, context) : fail(actor, turn, problem, context);
}

/** Goes on with a turn: one that begins, or that waited for an effect. */
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
  const { id, command: operation, payload, now } = message;
  const bytes = actor.stateBytes ?? undefined;
  const result = runTurn(actor.definition, actor.namedKey, before, { id, operation, payload, now }, effects, bytes);
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
 * The code asks for other effects than are recorded. Of a turn that was received, a person has to look; an attempt that
 * has only started, with what an earlier one left, has failed like any other.
 */
function diverge(actor: Actor, turn: OpenTurn, divergence: EffectDivergence, context: StepContext): StepResult {
  if (actor.open !== null) return { diverged: divergence };
  const { type } = actor.definition;
  const { recorded, n } = divergence;
  const text = `${type}.${turn.message.command} went another way than where "${recorded}" was recorded as effect ${n}.`;
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
  const stranger = sends.find(({ type }) => !context.knows(type));
  if (stranger !== undefined) return fail(actor, turn, unknownReceiver(actor, message, stranger.type), context);
  const changed = actor.state === undefined || state !== before;
  const quiet = !changed && actor.open === null && sends.length === 0 && reminders.length === 0;
  if (quiet && delivery.mail === null && delivery.idempotencyKey === undefined) {
    const answer: Answer = { ...toAnswer(delivery, reply, actor.head), unrecorded: true };
    actor.afterNewestWrite({ release: () => delivery.answer(answer), fail: (error) => delivery.fail(error) });
    return {};
  }
  const staged = stageTurn(actor, turn, {
    after: { state, bytes },
    entries: isRecorded(actor, changed) ? turnEntries(actor, turn, result) : [],
    changed,
    disposition: delivery.mail === null ? null : { kind: "ack", mailSeq: delivery.mail.mailSeq },
    sends: toOutgoing(actor, turn, sends, context.ids),
    reminders: toStagedReminders(reminders, context.ids),
    outcome: reply,
  });
  return { staged };
}

/** Whether a finished turn becomes an entry: any of a journal; of a history those that changed the state. */
function isRecorded({ definition: { persistence, history } }: Actor, changed: boolean): boolean {
  return persistence === "journal" || (history && changed);
}

/** The turn changes nothing. Its caller hears why; a message from the mailbox is tried again, or given up. */
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
    actor.afterNewestWrite({ release: () => delivery.fail(error), fail: (cause) => delivery.fail(cause) });
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
  // Whoever waits for the answer hears of the failure, and decides; there is nothing to be kept for a person.
  if (decided === "skip" || delivery.isAwaited) return { kind: "ack", mailSeq: mail.mailSeq };
  return dispositionOnFailure(actor.definition, mail, error, effects, now);
}

/** The handler asks for an effect. Before the first one, that the message was received must become durable. */
function wait(
  actor: Actor,
  turn: OpenTurn,
  { n, call }: Extract<TurnResult, { kind: "effect" }>,
  context: StepContext,
): StepResult {
  if (actor.definition.persistence !== "journal") {
    const error = new GreenroomError("handler_failed", "Only an actor with a journal can have effects.");
    return fail(actor, turn, error, context);
  }
  const effect = { n, call };
  if (actor.open !== null) return { effect };
  const { delivery, message } = turn;
  const carried = carriedEffects(actor, turn);
  const entries = carried.length > 0 ? carried : [NewEntry.of({ kind: "received", messageId: message.id, message })];
  const entered = delivery.mail === null ? toMail(message, context.ids.next()) : null;
  if (entered !== null) {
    delivery.mail = entered;
    actor.mailbox.keep(entered.mailSeq, delivery);
  }
  const disposition: Disposition | null = entered === null ? null : { kind: "enter", mail: entered };
  const staged = stageTurn(actor, turn, { entries, disposition, open: true });
  actor.open = turn;
  return { staged, effect };
}

/** The effect of an open turn is over: what it gave becomes durable before the turn goes on. */
export function effectOver(actor: Actor, turn: OpenTurn): StagedTurn {
  const n = turn.effects.length - 1;
  const effect = turn.effects[n] as OpenTurn["effects"][number];
  const began = turn.began === undefined ? {} : { began: turn.began };
  const entry = NewEntry.of({ kind: "effect", messageId: turn.message.id, n, ...began, effect });
  return stageTurn(actor, turn, { entries: [entry], open: true });
}

/**
 * An attempt is about to run that may end the process: that it was started becomes durable before it is. Whether it counts
 * if the process ends during it was known before: it does for a message that was started already, and now runs alone.
 */
export function begin(actor: Actor, delivery: Delivery, mail: Mail): StagedTurn {
  const started = { ...mail, attempts: mail.attempts + 1, started: true };
  const turn: OpenTurn = { delivery, message: toRecorded(actor, delivery), effects: [], state: "busy" };
  delivery.mail = started;
  const disposition: Disposition = {
    kind: "begin",
    mailSeq: mail.mailSeq,
    progress: mail.started ? started : { ...mail, started: true },
  };
  return stageTurn(actor, turn, { disposition, open: actor.open !== null });
}

/** A message from the mailbox that is not run: its attempt has failed already, and what of is known. */
export function failAttempt(
  actor: Actor,
  delivery: Delivery,
  open: OpenTurn | null,
  blame: ForcedFailure,
  context: StepContext,
): StepResult {
  const effects = [...(delivery.mail?.effects ?? [])];
  const turn: OpenTurn = open ?? { delivery, message: toRecorded(actor, delivery), effects, state: "busy" };
  return fail(actor, turn, blame.error, context, blame.decided);
}

function unknownReceiver({ type }: Actor, { command }: RecordedMessage, to: string): GreenroomError {
  return new GreenroomError(
    "handler_failed",
    `${type}.${command} failed: it sends to "${to}", a type that does not run here.`,
  );
}
