import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { ActorState } from "../protocol/actors.ts";
import { exportRange, fileName } from "../protocol/history-file.ts";
import { changesQuery, pastQuery, stateQuery } from "../protocol/past.ts";
import { replayRange } from "../protocol/what-if.ts";
import type { Inspector, PastReader } from "../runtime/api.ts";
import { toRefusal } from "./errors.ts";
import { onActor, onActorBare, onActorWith, type Routes } from "./validation.ts";

/** The calls that read an actor's past. None of them wakes it. */
export function addPast(app: Routes, inspector: Inspector, past: PastReader): void {
  app.get(
    "/api/actors/:type/:keyText/state",
    onActorWith(stateQuery),
    ({ params, query: { at, time } }): Promise<ActorState> => {
      if (at !== undefined) return past.state(params, { at });
      return time === undefined ? inspector.state(params) : past.state(params, { time });
    },
  );

  app.get("/api/actors/:type/:keyText/past", onActorWith(pastQuery), ({ params, query: { at } }, reply) =>
    sendLines(reply, past.window(params, at)),
  );

  app.get("/api/actors/:type/:keyText/replay", onActorWith(replayRange), ({ params, query }, reply) =>
    sendLines(reply, past.replay(params, query)),
  );

  // No HEAD route: it would read the whole journal to return nothing.
  app.get(
    "/api/actors/:type/:keyText/export",
    { exposeHeadRoute: false, schema: { ...onActor.schema, querystring: exportRange } },
    async ({ params, query }, reply) => {
      const pieces = past.export(params, query);
      const first = await pieces.next();
      reply.header("content-disposition", `attachment; filename="${fileName(params.type, params.keyText, query)}"`);
      return send(reply, resumed(first, pieces));
    },
  );

  app.get("/api/actors/:type/:keyText/timeline", onActorBare, ({ params }) => past.timeline(params));

  app.get("/api/actors/:type/:keyText/lineage", onActorBare, ({ params }) => past.lineage(params));

  app.get("/api/actors/:type/:keyText/changes", onActorWith(changesQuery), ({ params, query }) =>
    past.changes(params, query),
  );
}

/** An error of the first line has an HTTP status; a later one is the last line. */
async function sendLines(reply: FastifyReply, lines: AsyncGenerator<unknown>): Promise<FastifyReply> {
  const first = await lines.next();
  return send(reply, textOf(resumed(first, lines)));
}

function send(reply: FastifyReply, pieces: AsyncGenerator<string>): FastifyReply {
  return reply.type("application/x-ndjson").send(Readable.from(pieces, { objectMode: false }));
}

/** A later error breaks the connection: a truncated file must not look complete. */
async function* resumed<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

async function* textOf(lines: AsyncGenerator<unknown>): AsyncGenerator<string> {
  try {
    for await (const line of lines) yield `${JSON.stringify(line)}\n`;
  } catch (cause) {
    yield `${JSON.stringify({ error: toRefusal(cause).error })}\n`;
  }
}
