import type { MessageStep, TracedMessage } from "../../../server/protocol/messages.ts";

/** A lane of the diagram: an actor, or the external origin. `id` is unique among the lanes. */
export interface Lane {
  id: string;
  actor: TracedMessage["actor"];
}

/** A phase of a message on its receiver's lane between two rows. `until` is null while it is in progress. */
export interface Stretch {
  kind: "queued" | "running" | "waiting";
  from: number;
  until: number | null;
}

/** One message in the diagram: an arrow in a row, and its phases below on the receiver's lane. */
export interface Arrow {
  message: TracedMessage;
  /** Indexes of the lanes. */
  from: number;
  to: number;
  row: number;
  stretches: Stretch[];
  /** The row of each of its steps. */
  steps: { step: MessageStep; row: number }[];
  /** The number of simultaneous messages drawn to the left of it. */
  slot: number;
  /** The max number of messages side by side on its lane. */
  beside: number;
  /** The seq of the turn that sent it, on the lane `from`; null if there is none. */
  sentBy: number | null;
}

/** A sequence diagram: lanes, and rows in the order of time. `times` are the rows' times, ISO 8601. */
export interface Sequence {
  lanes: Lane[];
  arrows: Arrow[];
  times: string[];
}

/** The lane of messages that no actor sent. */
const ORIGIN: Lane = { id: "", actor: null };

interface Event {
  at: string;
  message: TracedMessage;
  step: MessageStep | null;
}

/**
 * The sequence diagram of messages, each of which follows its cause. One row per event, not to scale, because a message
 * may wait for a millisecond or a day.
 */
export function sequenceOf(messages: readonly TracedMessage[]): Sequence {
  const lanes = lanesOf(messages);
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const events = eventsOf(messages, byId);
  const rows = new Map<MessageStep | TracedMessage, number>(events.map(({ message, step }, i) => [step ?? message, i]));
  const laneOf = (message: TracedMessage | undefined) =>
    lanes.findIndex(({ id }) => id === (message === undefined ? ORIGIN.id : idOf(message)));
  const arrows = messages.map((message): Arrow => {
    const cause = byId.get(message.cause ?? "");
    const row = rows.get(message) ?? 0;
    const steps = message.steps.map((step) => ({ step, row: rows.get(step) ?? 0 }));
    const stretches = stretchesOf(message, row, steps);
    const sentBy = turnOf(cause)?.seq ?? null;
    return { message, from: laneOf(cause), to: laneOf(message), row, stretches, steps, slot: 0, beside: 1, sentBy };
  });
  assignSlots(arrows);
  return { lanes, arrows, times: events.map(({ at }) => at) };
}

/** The lanes in the order in which messages reach them. */
function lanesOf(messages: readonly TracedMessage[]): Lane[] {
  const lanes = new Map<string, Lane>([[ORIGIN.id, ORIGIN]]);
  for (const message of messages) {
    const id = idOf(message);
    if (!lanes.has(id)) lanes.set(id, { id, actor: message.actor });
  }
  return [...lanes.values()];
}

/** Erased actors share a lane. */
function idOf({ actor }: TracedMessage): string {
  return actor === null ? "erased" : `${actor.type}/${actor.keyText}`;
}

/** The events in the order of time; at the same time causes come first. */
function eventsOf(messages: readonly TracedMessage[], byId: ReadonlyMap<string, TracedMessage>): Event[] {
  const left = new Map<string, string>();
  const events = messages.flatMap((message): Event[] => {
    const cause = byId.get(message.cause ?? "");
    const at = leftAt(message, cause, left.get(message.cause ?? ""));
    left.set(message.messageId, at);
    return [{ at, message, step: null }, ...message.steps.map((step) => ({ at: step.at, message, step }))];
  });
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * When a message was sent: at the commit of the sending turn. If that is not recorded: not before the message that the
 * turn processed. (`sentAt` is when the turn's own message was accepted.)
 */
function leftAt(message: TracedMessage, cause: TracedMessage | undefined, causeLeft: string | undefined): string {
  const committed = turnOf(cause)?.at;
  if (committed !== undefined) return committed;
  return causeLeft !== undefined && causeLeft > message.sentAt ? causeLeft : message.sentAt;
}

function turnOf(message: TracedMessage | undefined): MessageStep | undefined {
  return message?.steps.findLast(({ kind }) => kind === "turn");
}

/** Queued until the first entry, running until the end of the attempt, waiting until the next one. */
function stretchesOf({ status }: TracedMessage, row: number, steps: Arrow["steps"]): Stretch[] {
  const first = steps[0];
  const isWaiting = status === "waiting" || status === "backing off";
  if (first === undefined) return isWaiting ? [{ kind: "queued", from: row, until: null }] : [];
  const stretches: Stretch[] = [{ kind: "queued", from: row, until: first.row }];
  steps.forEach(({ step, row: from }, i) => {
    const until = steps[i + 1]?.row ?? null;
    if (step.kind === "turn") return;
    if (step.kind !== "attempt_failed") stretches.push({ kind: "running", from, until });
    else if (until !== null || isWaiting) stretches.push({ kind: "waiting", from, until });
  });
  return stretches;
}

/** Assigns slots to the simultaneous messages of each actor. */
function assignSlots(arrows: readonly Arrow[]): void {
  const ends = new Map<string, number>();
  for (const arrow of [...arrows].sort((a, b) => a.row - b.row)) {
    let slot = 0;
    while ((ends.get(`${arrow.to}/${slot}`) ?? -1) > arrow.row) slot += 1;
    arrow.slot = slot;
    const isOpen = arrow.stretches.some(({ until }) => until === null);
    ends.set(`${arrow.to}/${slot}`, isOpen ? Number.POSITIVE_INFINITY : (arrow.steps.at(-1)?.row ?? arrow.row));
  }
  const max = new Map<number, number>();
  for (const { to, slot } of arrows) max.set(to, Math.max(max.get(to) ?? 0, slot + 1));
  for (const arrow of arrows) arrow.beside = max.get(arrow.to) ?? 1;
}
