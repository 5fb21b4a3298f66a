import { hash } from "node:crypto";

/** Tells a repeat of a message from another one under the same idempotency key. 128 bits of SHA-256. */
export function digest(operation: string, payload: string): string {
  return hash("sha256", `${operation}\n${payload}`, "base64url").slice(0, 22);
}

/** Tells whether a checkpoint's text is the one that was written. 128 bits of SHA-256. */
export function checksum(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}
