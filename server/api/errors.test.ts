import { describe, expect, test } from "vitest";
import { GreenroomError } from "../core/errors.ts";
import { errorCode } from "../protocol/errors.ts";
import { statusOf, toRefusal } from "./errors.ts";

describe("errors over HTTP", () => {
  test.each(errorCode.options)("%s has an error status, its code and its message", (code) => {
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
  ])("a retry after %s ms is reported in whole seconds: %i", (retryAfterMs, seconds) => {
    const details = retryAfterMs === undefined ? undefined : { retryAfterMs };
    expect(toRefusal(new GreenroomError("overloaded", "full", details)).retryAfter).toBe(seconds);
    expect(toRefusal(new GreenroomError("unavailable", "down", details)).retryAfter).toBe(seconds);
    expect(toRefusal(new GreenroomError("rejected", "no", details)).retryAfter).toBeNull();
  });

  test("an unexpected error has no details", () => {
    const refusal = toRefusal(new Error("password=hunter2"));
    expect(refusal).toMatchObject({ status: 500, unexpected: true, error: { code: "unavailable" } });
    expect(JSON.stringify(refusal)).not.toContain("hunter2");
  });

  test.each([
    [400, "invalid_payload"],
    [413, "payload_too_large"],
    [415, "invalid_payload"],
  ])("a %i of the HTTP layer has the code %s", (statusCode, code) => {
    const error = Object.assign(new Error("FST_ERR"), { statusCode });
    expect(toRefusal(error)).toMatchObject({ status: statusCode, unexpected: false, error: { code } });
  });
});
