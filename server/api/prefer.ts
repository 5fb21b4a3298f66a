import type { IncomingHttpHeaders } from "node:http";

/** Whether a client would rather not wait for the answer: `Prefer: respond-async` (RFC 7240). */
export function isAsync({ prefer }: IncomingHttpHeaders): boolean {
  const wishes = (Array.isArray(prefer) ? prefer : [prefer ?? ""]).flatMap((wish) => wish.split(","));
  return wishes.some((wish) => wish.split(";")[0]?.trim().toLowerCase() === "respond-async");
}
