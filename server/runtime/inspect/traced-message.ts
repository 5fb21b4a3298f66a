import { decodeKey } from "../../core/define/keys.ts";
import { isoTime } from "../../core/time.ts";
import type { LastChange } from "../../protocol/actors.ts";
import type { Sender } from "../../protocol/journal.ts";
import type { MessageDetail, MessageStatus, MessageStep, TracedMessage } from "../../protocol/messages.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { StoredMessage, StoredStep } from "../ports/messages.ts";

/** A message and its cause. */
export interface Link {
  messageId: string;
  cause: string | null;
  /** The actor whose turn sent it. */
  sender: ActorId | null;
  /** Its receiver; several candidates if that is uncertain. */
  actors: readonly ActorId[];
  command: string | null;
  /** Whether its turn sent any of the other messages, and so has finished. */
  hasLed: boolean;
  /** No record of it is older, in milliseconds since 1970. */
  at: number | null;
}

/** Records of messages, by message id, and of actors, by actor id. */
export interface Facts {
  stored: ReadonlyMap<string, StoredMessage>;
  steps: ReadonlyMap<string, readonly StoredStep[]>;
  changes: ReadonlyMap<string, { actor: ActorId; revision: number; change: LastChange }>;
  addresses: ReadonlyMap<ActorId, Address>;
}

/** A message as a trace shows it. */
export function toTraced(link: Link, facts: Facts): TracedMessage {
  const { messageId, cause } = link;
  const stored = facts.stored.get(messageId);
  const steps = facts.steps.get(messageId) ?? [];
  const changed = facts.changes.get(messageId);
  const received = steps.find(({ command }) => command !== null);
  const actor = stored?.actor ?? received?.actor ?? changed?.actor ?? link.actors[0];
  const failures = steps.filter(({ kind }) => kind === "attempt_failed").length;
  return {
    messageId,
    cause,
    actor: toActor(actor === undefined ? undefined : facts.addresses.get(actor)),
    command: stored?.command ?? received?.command ?? changed?.change.command ?? link.command,
    sender: stored?.sender ?? received?.sender ?? senderOf(link, facts),
    sentAt: isoTime(stored?.sentAt ?? link.at ?? received?.acceptedAt ?? 0),
    status: statusOf(stored, steps, changed !== undefined || link.hasLed),
    attempts: stored?.attempts ?? failures,
    nextAt: stored === undefined || stored.nextAt === null ? null : isoTime(stored.nextAt),
    steps: steps.map(toStep),
    changed: changed === undefined ? null : { revision: changed.revision, at: changed.change.at },
  };
}

/** The requested message, with payload and reply. */
export function toDetail(link: Link, facts: Facts): MessageDetail {
  const stored = facts.stored.get(link.messageId);
  const steps = facts.steps.get(link.messageId) ?? [];
  const received = steps.find(({ payload }) => payload !== undefined);
  const payload = stored === undefined ? received?.payload : stored.payload;
  const reply = steps.find((step) => step.kind === "turn")?.reply;
  return {
    ...toTraced(link, facts),
    idempotencyKey: stored?.idempotencyKey ?? received?.idempotencyKey ?? null,
    ...(payload === undefined ? {} : { payload }),
    ...(reply === undefined ? {} : { reply }),
    error: stored?.error ?? steps.findLast(({ error }) => error !== null)?.error ?? null,
    fingerprint: stored?.fingerprint ?? null,
  };
}

function statusOf(stored: StoredMessage | undefined, steps: readonly StoredStep[], isFinished: boolean): MessageStatus {
  const last = steps.at(-1)?.kind;
  if (stored?.isDead) return "dead";
  if (last === "received" || last === "effect") return "running";
  if (stored !== undefined) return stored.nextAt === null ? "waiting" : "backing off";
  if (last === "turn" || isFinished) return "done";
  return last === "attempt_failed" ? "failed" : "unrecorded";
}

function toStep({ seq, kind, at, effect, error }: StoredStep): MessageStep {
  const failure = effect?.error ?? error?.message ?? null;
  const what = effect === null ? failure : effect.name;
  return { seq, kind, at: isoTime(at), what, isError: failure !== null };
}

function toActor(address: Address | undefined): TracedMessage["actor"] {
  if (address === undefined) return null;
  const { type, keyText } = address;
  return { type, key: [...decodeKey(keyText)], keyText };
}

function senderOf({ sender, cause }: Link, { addresses }: Facts): Sender | null {
  const address = sender === null ? undefined : addresses.get(sender);
  if (address === undefined || cause === null) return null;
  return { type: address.type, key: address.keyText, messageId: cause };
}
