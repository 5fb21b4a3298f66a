import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { NONCE_HEADER } from "../handle/handle.ts";
import type { Log } from "../process/log.ts";

export interface ConsoleOptions {
  /** The directory of the sources. */
  root: string;
  /** Serve the sources with hot reload instead of the build. */
  dev: boolean;
  server: Server;
  host: string;
  port: number;
}

/** Starts Next. Returns the listener for all requests outside the API. */
export async function openConsole(options: ConsoleOptions, log: Log): Promise<RequestListener> {
  const { root, dev, server, host, port } = options;
  // Loaded only now, because it reads its environment when it loads.
  const { default: next } = await import("next");
  const app = next({ dev, dir: root, httpServer: server, hostname: host, port });
  await app.prepare();
  const answer = app.getRequestHandler();
  return (request, response) => {
    setPolicy(request, response, dev);
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error, url: request.url }, "a page failed");
      response.destroy();
    });
  };
}

/** Next reads the nonce for its scripts from the policy in the request's headers. */
function setPolicy(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentPolicy(nonce, dev);
  request.headers["content-security-policy"] = policy;
  request.headers[NONCE_HEADER] = nonce;
  response.setHeader("content-security-policy", policy);
}

/**
 * The content security policy of a page: it may load only what this server serves. Next starts its pages with inline
 * scripts, which carry the response's nonce, and its development server evaluates code. UI libraries write styles into
 * the page.
 */
function contentPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
