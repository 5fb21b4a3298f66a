import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from "fastify";
import { z } from "zod";
import { GreenroomError } from "../core/errors.ts";

/** Infers the types of a request's parts from their zod schemas. */
interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
}

/** A server whose routes have zod schemas. */
export type Routes = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const actorParams = z.object({ type: z.string(), keyText: z.string() });
const noQuery = z.strictObject({});

/** A route on one actor. */
export const onActor = { schema: { params: actorParams } };
/** The same with a query string. */
export const onActorWith = <T extends z.ZodType>(querystring: T) => ({ schema: { params: actorParams, querystring } });
/** A route without parameters, on one actor or not. Unknown parameters are refused, not ignored. */
export const onActorBare = onActorWith(noQuery);
export const bare = { schema: { querystring: noQuery } };

const parts: Readonly<Record<string, string>> = {
  body: "The body",
  querystring: "The query string",
  params: "The path",
  headers: "A header",
};

/** Makes an app parse requests by the zod schemas of its routes, and JSON bodies by `parseJson`. */
export function useZod(app: Routes): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart = "" }) => (input) => {
    try {
      return { value: parseAs(schema, input ?? undefined, parts[httpPart] ?? httpPart) };
    } catch (error) {
      return { error: error as Error };
    }
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body: Buffer, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJson(body));
    } catch (error) {
      done(error as Error);
    }
  });
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses JSON in UTF-8. A member named `__proto__` becomes a plain member, which the runtime refuses in payloads.
 * @throws GreenroomError `invalid_payload`
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : "it is not UTF-8";
    throw new GreenroomError("invalid_payload", `This is not JSON: ${why}.`, undefined, { cause });
  }
}

/**
 * Parses input by a schema.
 * @param what the subject of the error message: "The body"
 * @throws GreenroomError `invalid_payload` with the issues
 */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === "number" ? step : String(step))),
    message,
  }));
  const text = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  throw new GreenroomError("invalid_payload", `${what} is not valid: ${text.join("; ")}.`, { issues });
}

/** Whether a client asks for a response before the command runs: `Prefer: respond-async` (RFC 7240). */
export function isAsync({ prefer }: Readonly<Record<string, unknown>>): boolean {
  return String(prefer)
    .split(",")
    .some((wish) => wish.split(";")[0]?.trim().toLowerCase() === "respond-async");
}
