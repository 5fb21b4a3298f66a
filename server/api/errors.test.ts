import { describe, expect, test } from "vitest";
import { GreenroomError } from "../core/errors.ts";
import { errorCode } from "../protocol/errors.ts";
import { statusOf, toRefusal } from "./errors.ts";

describe("how errors are told over HTTP", () => {
  test.each(errorCode.options)("%s has a status that says failure, and keeps its code and message", (code) => {
    const { status, error, unexpected } = toRefusal(new GreenroomError(code, "what happened"));
    expect(status).toBe(statusOf[code]);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(error).toEqual({ code, message: "what happened" });
    expect(unexpected).toBe(false);
  });

  test.each([
    [250, 1],
    [1_000, 1],
    [1_001, 2],
    [undefined, 1],
  ])("what may be tried again after %s ms says so in whole seconds: %i", (retryAfterMs, seconds) => {
    const details = retryAfterMs === undefined ? undefined : { retryAfterMs };
    expect(toRefusal(new GreenroomError("overloaded", "full", details)).retryAfter).toBe(seconds);
    expect(toRefusal(new GreenroomError("unavailable", "down", details)).retryAfter).toBe(seconds);
    expect(toRefusal(new GreenroomError("rejected", "no", details)).retryAfter).toBeNull();
  });

  test("what nobody foresaw is told without its text", () => {
    const refusal = toRefusal(new Error("password=hunter2"));
    expect(refusal).toMatchObject({ status: 500, unexpected: true, error: { code: "unavailable" } });
    expect(JSON.stringify(refusal)).not.toContain("hunter2");
  });

  test.each([
    [400, "invalid_payload"],
    [413, "payload_too_large"],
    [415, "invalid_payload"],
  ])("a %i of the HTTP layer is told as %s", (statusCode, code) => {
    const error = Object.assign(new Error("FST_ERR"), { statusCode });
    expect(toRefusal(error)).toMatchObject({ status: statusCode, unexpected: false, error: { code } });
  });
});
