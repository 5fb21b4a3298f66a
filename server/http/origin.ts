import type { IncomingMessage } from "node:http";

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Whether a request may use a server without a login. Its host must be this machine (any other name that resolves to it
 * is DNS rebinding), and a page that sends it must be one of this server's.
 */
export function isAllowedOrigin({ headers }: IncomingMessage): boolean {
  const host = headers.host?.toLowerCase() ?? "";
  if (!loopback.test(host)) return false;
  const origin = headers.origin?.toLowerCase();
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
