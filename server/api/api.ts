import type { IncomingMessage, ServerResponse } from "node:http";
import fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Log } from "../process/log.ts";
import type { ErrorBody } from "../protocol/errors.ts";
import type { Runtime } from "../runtime/api.ts";
import { addCommandStream } from "./command-stream.ts";
import { toRefusal } from "./errors.ts";
import { addMail } from "./mail.ts";
import { addOperations } from "./operations.ts";
import { addPast } from "./past.ts";
import { addReads, type Health } from "./reads.ts";

/** The most bytes that the body of a single command or query may have. */
const BODY_LIMIT = 1024 * 1024;
/** The longest part of a URL, in characters: more than a server takes at all, so that keys are judged by their own rules. */
const MAX_URL_PART = 16 * 1024;

/** Headers of every answer. */
const always = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** What every error looks like. */
interface ErrorAnswer {
  error: ErrorBody;
}

/** The HTTP API, for a server that somebody else owns. */
export interface Api {
  /** Whether requests for this URL (its path and query) are the API's. */
  serves(url: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/**
 * The HTTP API of a running server. Every answer is JSON, every error `{ "error": ErrorBody }` with a fitting status.
 * How long a client may take is the http server's to bound; `POST /api/commands` may last as long as it moves, so that
 * server needs an idle timeout (`setTimeout`) and no `requestTimeout`.
 */
export async function createApi(runtime: Runtime, health: Health, log: Log): Promise<Api> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_URL_PART },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => refuse(log, error, request, reply),
  });
  app.removeAllContentTypeParsers();
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(always);
  });
  app.setErrorHandler((error, request, reply) => refuse(log, error, request, reply));
  app.setNotFoundHandler((request, reply) => refuseUnknown(app, request, reply));
  app.register(scope((part) => addOperations(part, runtime)));
  app.register(scope((part) => addMail(part, runtime)));
  app.register(scope((part) => addCommandStream(part, runtime, log)));
  addReads(app, runtime.inspector, health);
  addPast(app, runtime.inspector, runtime.past);
  await app.ready();
  return { serves, handle: app.routing, close: () => app.close() };
}

/** A scope of its own, with its own content types. */
function scope(add: (part: FastifyInstance) => void): FastifyPluginCallback {
  return (part, _options, done) => {
    add(part);
    done();
  };
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
  return reply
    .headers(always)
    .code(status)
    .send({ error } satisfies ErrorAnswer);
}

function refuseUnknown(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = pathOf(request.url);
  const allowed = (["GET", "POST", "DELETE"] as const).filter((method) => app.findRoute({ method, url }) !== null);
  if (allowed.length === 0) return reply.code(404).send(notFound(`There is nothing at ${url}.`));
  const message = `${request.method} is not possible at ${url}; use ${allowed.join(" or ")}.`;
  return reply.code(405).header("allow", allowed.join(", ")).send(notFound(message));
}

function notFound(message: string): ErrorAnswer {
  return { error: { code: "not_found", message } };
}
