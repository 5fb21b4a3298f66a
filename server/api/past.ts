import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { ActorState } from "../protocol/actors.ts";
import { exportRange, fileName } from "../protocol/history-file.ts";
import { changesQuery, pastQuery, stateQuery } from "../protocol/past.ts";
import { replayRange } from "../protocol/replay.ts";
import type { Inspector, PastReader } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import { toRefusal } from "./errors.ts";
import { parseAs } from "./json.ts";

interface ActorParams {
  Params: Address;
}

const windowQuery = z.strictObject(pastQuery.shape);
const pathQuery = z.strictObject(changesQuery.shape);
const rangeQuery = z.strictObject(replayRange.shape);
const noQuery = z.strictObject({});

/** The calls that read what an actor was. None of them wakes it. */
export function addPast(app: FastifyInstance, inspector: Inspector, past: PastReader): void {
  app.get<ActorParams>("/api/actors/:type/:keyText/state", ({ params, query }): Promise<ActorState> => {
    const { at, time } = parseAs(stateQuery, query, "a state's query");
    if (at !== undefined) return past.state(params, { at });
    return time === undefined ? inspector.state(params) : past.state(params, { time });
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/past", async ({ params, query }, reply) => {
    const { at } = parseAs(windowQuery, query, "a window's query");
    return sendLines(reply, past.window(params, at));
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/replay", async ({ params, query }, reply) => {
    const range = parseAs(rangeQuery, query, "a replay's query");
    return sendLines(reply, past.replay(params, range));
  });

  // No HEAD: it would read all of the journal to say nothing.
  app.get<ActorParams>(
    "/api/actors/:type/:keyText/export",
    { exposeHeadRoute: false },
    async ({ params, query }, reply) => {
      const range = parseAs(exportRange, query, "an export's query");
      const pieces = past.export(params, range);
      const first = await pieces.next();
      return reply
        .type("application/x-ndjson")
        .header("content-disposition", `attachment; filename="${fileName(params.type, params.keyText, range)}"`)
        .send(Readable.from(whole(first, pieces), { objectMode: false }));
    },
  );

  app.get<ActorParams>("/api/actors/:type/:keyText/timeline", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return past.timeline(params);
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/lineage", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return past.lineage(params);
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/changes", ({ params, query }) => {
    return past.changes(params, parseAs(pathQuery, query, "a query for a path's changes"));
  });
}

/** What is refused at once has a status of its own. */
async function sendLines(reply: FastifyReply, lines: AsyncGenerator<unknown>): Promise<FastifyReply> {
  const first = await lines.next();
  return reply.type("application/x-ndjson").send(Readable.from(textOf(first, lines), { objectMode: false }));
}

/** What goes wrong later breaks the connection: a file that is cut must not look like a whole one. */
async function* whole(first: IteratorResult<string>, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done !== true) yield first.value;
  yield* pieces;
}

/** NDJSON; an error that comes later is the last line. */
async function* textOf(
  first: IteratorResult<unknown>,
  lines: AsyncGenerator<unknown>,
): AsyncGenerator<string, void, undefined> {
  try {
    for (let line = first; line.done !== true; line = await lines.next()) yield `${JSON.stringify(line.value)}\n`;
  } catch (cause) {
    yield `${JSON.stringify({ error: toRefusal(cause).error })}\n`;
  } finally {
    await lines.return(undefined);
  }
}
