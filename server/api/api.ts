import type { IncomingMessage, ServerResponse } from "node:http";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { Log } from "../process/log.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import type { Runtime } from "../runtime/api.ts";
import { addCommandStream } from "./command-stream.ts";
import { toRefusal } from "./errors.ts";
import { addMail } from "./mail.ts";
import { addOperations } from "./operations.ts";
import { addPast } from "./past.ts";
import { addReads, type Health } from "./reads.ts";
import { type Routes, useZod } from "./validation.ts";

/** Maximum size of the body of a single command or query, in bytes. */
const BODY_LIMIT = 1024 * 1024;
/**
 * Maximum length of a path segment, in characters: longer than any URL the server accepts, so that keys are checked by
 * their own rules.
 */
const MAX_URL_PART = 16 * 1024;

const always = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** The HTTP API, to be attached to a server. */
export interface Api {
  /** Whether a URL (path and query) belongs to the API. */
  serves(url: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/**
 * Creates the HTTP API. Every response is JSON; every error is `{ "error": ErrorBody }` with a matching status. `POST
 * /api/commands` lasts as long as data flows, so the server needs an idle timeout (`setTimeout`) and no
 * `requestTimeout`.
 */
export async function createApi(runtime: Runtime, health: Health, log: Log): Promise<Api> {
  const app: Routes = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_URL_PART },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => refuse(log, error, request, reply),
  });
  useZod(app);
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(always);
  });
  app.setErrorHandler((error, request, reply) => refuse(log, error, request, reply));
  app.setNotFoundHandler((request, reply) => refuseUnknown(app, request, reply));
  // A scope of its own, since it reads other content types.
  app.register((part, _options, done) => {
    addCommandStream(part, runtime, log);
    done();
  });
  addOperations(app, runtime);
  addMail(app, runtime);
  addReads(app, runtime.inspector, health);
  addPast(app, runtime.inspector, runtime.past);
  await app.ready();
  return { serves, handle: app.routing, close: () => app.close() };
}

function serves(url: string): boolean {
  const path = pathOf(url);
  return path === "/api" || path.startsWith("/api/") || path === "/healthz" || path === "/readyz";
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function refuse(log: Log, cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, error, retryAfter, unexpected } = toRefusal(cause);
  if (unexpected) log.error({ err: cause, method: request.method, url: request.url }, "a request failed");
  if (retryAfter !== null) reply.header("retry-after", retryAfter);
  return reply.headers(always).code(status).send({ error });
}

function refuseUnknown(app: Routes, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = pathOf(request.url);
  const allowed = (["GET", "POST", "DELETE"] as const).filter((method) => app.findRoute({ method, url }) !== null);
  if (allowed.length === 0) return reply.code(404).send(notFound(`There is no resource at ${url}.`));
  const message = `${request.method} is not supported at ${url}; use ${allowed.join(" or ")}.`;
  return reply.code(405).header("allow", allowed.join(", ")).send(notFound(message));
}

function notFound(message: string): { error: ErrorBody } {
  return { error: { code: "not_found", message } };
}
