/** Whether a client asks for a response before the command runs: `Prefer: respond-async` (RFC 7240). */
export function isAsync({ prefer }: Readonly<Record<string, unknown>>): boolean {
  return String(prefer)
    .split(",")
    .some((wish) => wish.split(";")[0]?.trim().toLowerCase() === "respond-async");
}
