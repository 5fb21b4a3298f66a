import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { NONCE_HEADER } from "../handle/handle.ts";
import type { Log } from "../process/log.ts";
import { contentPolicy } from "./content-policy.ts";

/** Where the console's sources are, and the server that it is part of. */
export interface ConsoleOptions {
  root: string;
  /** From its sources with hot reload, instead of as it was built. */
  dev: boolean;
  server: Server;
  host: string;
  port: number;
}

/** Makes Next ready; what is returned answers everything that is not the API's. */
export async function openConsole(options: ConsoleOptions, log: Log): Promise<RequestListener> {
  const { root, dev, server, host, port } = options;
  // Loaded only now, since it looks at its environment when it is.
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

/** Next gives its scripts the nonce of the policy that it finds among the request's headers. */
function setPolicy(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentPolicy(nonce, dev);
  request.headers["content-security-policy"] = policy;
  request.headers[NONCE_HEADER] = nonce;
  response.setHeader("content-security-policy", policy);
}
