import { describe, expect, test } from "vitest";
import { errorBody as errorBodySchema } from "../protocol/errors.ts";
import { describeError, errorBody, GreenroomError } from "./errors.ts";

describe("the body of an error", () => {
  test("has its code, its message and its details", () => {
    const error = new GreenroomError("overloaded", "Too much to do.", { retryAfterMs: 250 });
    const body = { code: "overloaded", message: "Too much to do.", details: { retryAfterMs: 250 } };
    expect(errorBody(error)).toEqual(body);
    expect(errorBodySchema.parse(errorBody(error))).toEqual(body);
  });

  test("has no details when there are none", () => {
    expect(errorBody(new GreenroomError("rejected", "No."))).toStrictEqual({ code: "rejected", message: "No." });
  });

  test("is the same for an error of another copy of the class", () => {
    const foreign = Object.assign(new Error("No."), { name: "GreenroomError", code: "rejected" });
    expect(errorBody(foreign)).toEqual({ code: "rejected", message: "No." });
  });

  test.each([
    ["any other error", new Error("password=secret")],
    ["an error of the system, though it has a code", Object.assign(new Error("/etc/passwd"), { code: "ENOENT" })],
    ["a text", "secret"],
    ["nothing", undefined],
  ])("reveals nothing about %s", (_, error) => {
    expect(errorBody(error)).toEqual({
      code: "unavailable",
      message: "An unexpected error; the server's log has the details.",
    });
  });
});

describe("a recorded error", () => {
  test("is the name, the message and the stack of an error", () => {
    const error = new TypeError("broken");
    expect(describeError(error)).toEqual({ name: "TypeError", message: "broken", stack: error.stack });
  });

  test.each<[what: string, thrown: unknown, message: string]>([
    ["a text", "broken", "broken"],
    ["a number", 5, "what was thrown is not an Error"],
    ["nothing", undefined, "what was thrown is not an Error"],
    ["an object that has no text", Object.create(null), "what was thrown is not an Error"],
  ])("has a message also for %s", (_, thrown, message) => {
    expect(describeError(thrown)).toEqual({ name: "Error", message, stack: "" });
  });

  test("is text that can be stored: no U+0000, no lone surrogate, at most 8,192 characters", () => {
    const error = Object.assign(new Error(`a\u0000b\ud800${"x".repeat(10_000)}`), { stack: "\u0000" });
    const { message, stack } = describeError(error);
    expect(message).toBe(`a\ufffdb\ufffd${"x".repeat(8_188)}`);
    expect(stack).toBe("\ufffd");
    expect(describeError(`${"x".repeat(8_191)}😀`).message.at(-1)).toBe("\ufffd");
  });
});
