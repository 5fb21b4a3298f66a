import { describe, expect, test } from "vitest";
import { errorBody as errorBodySchema } from "../protocol/errors.ts";
import { errorBody, GreenroomError } from "./errors.ts";

describe("the body that tells of an error", () => {
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
  ])("tells nothing of %s", (_, error) => {
    expect(errorBody(error)).toEqual({
      code: "unavailable",
      message: "An unexpected error; the server's log has the details.",
    });
  });
});
