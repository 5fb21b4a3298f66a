import { hash } from "node:crypto";

/** Distinguishes a repeated message from another one with the same idempotency key. 128 bits of SHA-256. */
export function digest(operation: string, payload: string): string {
  return hash("sha256", `${operation}\n${payload}`, "base64url").slice(0, 22);
}

/** Detects damage to a checkpoint's text. 128 bits of SHA-256. */
export function checksum(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}
