import type { IncomingMessage } from "node:http";

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/**
 * Whether a request comes from somebody who may use a server that has no login: it must name this machine as its host
 * (another name that leads here is a DNS rebinding), and a browser's page that sends it must be one of ours.
 */
export function isAllowedOrigin({ headers }: IncomingMessage): boolean {
  const host = headers.host?.toLowerCase() ?? "";
  if (!loopback.test(host)) return false;
  const origin = headers.origin?.toLowerCase();
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
