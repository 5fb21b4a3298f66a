import { describe, expect, test } from "vitest";
import type { MessageStep, TracedMessage } from "../../../server/protocol/messages.ts";
import { sequenceOf } from "./sequence.ts";

const at = (ms: number) => new Date(ms).toISOString();
const step = (seq: number, kind: MessageStep["kind"], ms: number): MessageStep => {
  return { seq, kind, at: at(ms), what: null, isError: kind === "attempt_failed" };
};

function message(messageId: string, to: string, more: Partial<TracedMessage> = {}): TracedMessage {
  const actor = { type: "t", key: [to], keyText: to };
  const rest = { sender: null, attempts: 0, nextAt: null, changed: null, steps: [], status: "done" as const };
  return { messageId, cause: null, actor, command: "go", sentAt: at(0), ...rest, ...more };
}

describe("a sequence diagram", () => {
  test("has a lane for each actor in the order of arrival, and a row for each event in the order of time", () => {
    const first = message("1", "a", { steps: [step(4, "turn", 10)] });
    const second = message("2", "b", { cause: "1", steps: [step(1, "turn", 30)] });
    const back = message("3", "a", { cause: "2", steps: [step(5, "turn", 40)] });
    const { lanes, arrows, times } = sequenceOf([first, second, back]);
    expect(lanes.map(({ id }) => id)).toEqual(["", "t/a", "t/b"]);
    expect(times).toEqual([0, 10, 10, 30, 30, 40].map(at));
    expect(arrows.map(({ from, to, row, sentBy }) => ({ from, to, row, sentBy }))).toEqual([
      { from: 0, to: 1, row: 0, sentBy: null },
      { from: 1, to: 2, row: 2, sentBy: 4 },
      { from: 2, to: 1, row: 4, sentBy: 1 },
    ]);
  });

  test("distinguishes queued, running and waiting", () => {
    const steps = [
      step(1, "received", 10),
      step(2, "attempt_failed", 20),
      step(3, "received", 30),
      step(4, "effect", 40),
      step(5, "turn", 50),
    ];
    const [arrow] = sequenceOf([message("1", "a", { steps })]).arrows;
    expect(arrow?.stretches).toEqual([
      { kind: "queued", from: 0, until: 1 },
      { kind: "running", from: 1, until: 2 },
      { kind: "waiting", from: 2, until: 3 },
      { kind: "running", from: 3, until: 4 },
      { kind: "running", from: 4, until: 5 },
    ]);
  });

  test("leaves the end open while a message is in progress", () => {
    const stretches = (more: Partial<TracedMessage>) => sequenceOf([message("1", "a", more)]).arrows[0]?.stretches;
    expect(stretches({ status: "waiting" })).toEqual([{ kind: "queued", from: 0, until: null }]);
    const failed = [step(1, "attempt_failed", 5)];
    expect(stretches({ status: "backing off", steps: failed })?.at(-1)).toEqual({
      kind: "waiting",
      from: 1,
      until: null,
    });
    expect(stretches({ status: "dead", steps: failed })).toHaveLength(1);
    expect(stretches({ status: "running", steps: [step(1, "received", 5)] })?.at(-1)?.until).toBeNull();
    expect(stretches({ status: "unrecorded" })).toEqual([]);
  });

  test("draws a message after its cause if the sending turn is not recorded", () => {
    const first = message("1", "a", { steps: [step(1, "turn", 20)] });
    const second = message("2", "b", { cause: "1" });
    const third = message("3", "c", { cause: "2" });
    expect(sequenceOf([first, second, third]).arrows.map(({ row }) => row)).toEqual([0, 2, 3]);
  });

  test("draws simultaneous messages of an actor side by side", () => {
    const waits = (id: string) => message(id, "a", { status: "waiting" });
    expect(sequenceOf([waits("1"), waits("2"), waits("3")]).arrows.map(({ slot }) => slot)).toEqual([0, 1, 2]);
  });
});
