import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { isAllowedOrigin } from "./origin.ts";

const request = (headers: IncomingMessage["headers"]) => ({ headers }) as IncomingMessage;

describe("the origin check", () => {
  it.each([["localhost:3000"], ["LocalHost:3000"], ["127.0.0.1:8080"], ["[::1]:3000"], ["localhost"]])(
    "accepts requests for this machine: %s",
    (host) => {
      expect(isAllowedOrigin(request({ host }))).toBe(true);
    },
  );

  it.each([
    [undefined],
    [""],
    ["evil.example:3000"],
    ["localhost.evil.example:3000"],
    ["evil.example#localhost"],
    ["evil@localhost"],
    ["192.168.1.7:3000"],
    ["0.0.0.0:3000"],
    ["::1"],
    ["localhost:3000:3000"],
    ["localhost:"],
  ])("refuses requests for another host: %s", (host) => {
    expect(isAllowedOrigin(request({ host }))).toBe(false);
  });

  it.each([["http://localhost:3000"], ["https://localhost:3000"], ["http://LOCALHOST:3000"]])(
    "accepts requests from its own pages: %s",
    (origin) => {
      expect(isAllowedOrigin(request({ host: "localhost:3000", origin }))).toBe(true);
    },
  );

  it.each([
    ["http://evil.example"],
    ["http://localhost:3001"],
    ["http://localhost"],
    ["http://127.0.0.1:3000"],
    ["http://localhost:3000.evil.example"],
    ["http://localhost:3000/"],
    ["file://"],
    ["null"],
    [""],
  ])("refuses requests from other pages: %s", (origin) => {
    expect(isAllowedOrigin(request({ host: "localhost:3000", origin }))).toBe(false);
  });
});
