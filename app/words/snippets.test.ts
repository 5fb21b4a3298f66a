import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { curlOf, type SentMessage, typescriptOf } from "./snippets.ts";

const message: SentMessage = {
  kind: "command",
  type: "user-state",
  segments: ["United Kingdom", "17850"],
  operation: "viewProduct",
  payload: { productId: "p1" },
  idempotencyKey: "",
};

/** The arguments that a shell passes to `curl`. */
function argumentsOf(line: string): string[] {
  const shell = `curl() { for argument in "$@"; do printf '%s\\0' "$argument"; done; }\n${line}`;
  return execFileSync("sh", ["-c", shell], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("a message as a shell command", () => {
  test("is sent to its actor, as JSON, under its key", () => {
    expect(argumentsOf(curlOf({ ...message, idempotencyKey: "k-1" }, "http://127.0.0.1:3000"))).toEqual([
      ...["-X", "POST", "http://127.0.0.1:3000/api/actors/user-state/United~20Kingdom:17850/commands/viewProduct"],
      ...["-H", "content-type: application/json", "-H", "idempotency-key: k-1"],
      ...["--data-raw", '{"productId":"p1"}'],
    ]);
  });

  test("is quoted against the shell", () => {
    const payload = { text: "it's $(touch /tmp/x) `id` \\ \" ! @file\n;" };
    expect(argumentsOf(curlOf({ ...message, payload }, "http://x")).at(-1)).toBe(JSON.stringify(payload));
  });

  test("of a query goes to the queries", () => {
    expect(argumentsOf(curlOf({ ...message, kind: "query" }, "http://x"))[2]).toContain("/queries/viewProduct");
  });
});

describe("a message as a call of the typed client", () => {
  test("names the type's constant, the key, the method and the payload", () => {
    expect(typescriptOf(message)).toBe(
      'await client.actor(UserState, ["United Kingdom","17850"]).viewProduct({\n  "productId": "p1"\n});',
    );
  });

  test("contains its idempotency key, and supports names that are not identifiers", () => {
    expect(typescriptOf({ ...message, operation: "view-it", payload: {}, idempotencyKey: "k" })).toBe(
      'await client.actor(UserState, ["United Kingdom","17850"])["view-it"]({}, {"idempotencyKey":"k"});',
    );
  });
});
