import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { intervention } from "../protocol/actors.ts";
import { idempotencyKey } from "../protocol/commands.ts";
import { checkpointsRequest, forkRequest } from "../protocol/past.ts";
import { whatIfCall } from "../protocol/what-if.ts";
import type { Runtime } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import { parseAs, parseJson } from "./json.ts";
import { isAsync } from "./prefer.ts";

interface ActorParams {
  Params: Address;
}

const pruneQuery = z.strictObject({ below: z.coerce.number().int().min(1) });

const resends = z.uuid().optional();
const optionalKey = idempotencyKey.optional();

interface OperationParams {
  Params: Address & { name: string };
}

/**
 * The calls that send one message to one actor: `POST …/commands/{command}` and `POST …/queries/{query}`. The body is
 * the payload; none at all is `{}`. With `Prefer: respond-async` a command is told: 202 as soon as the mailbox holds it;
 * a `Resends` header names the message that a person sends once more. `POST …/passivate`, `…/retry`, `…/skip`,
 * `…/dead-letter` and `…/crash` do what a person decided. `POST …/forks` keeps a moment of it as a new
 * actor; `POST …/what-ifs` tries another past, and with `keep` keeps that. `POST …/checkpoints` writes checkpoints above
 * `after` where none is near, and tells in `next` where to go on. And `DELETE …`, which erases an actor with all that is kept of
 * it, and `DELETE …/journal?below=SEQ`, which lets go of the older part of its journal.
 */
export function addOperations(app: FastifyInstance, runtime: Runtime): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body: Buffer, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseJson(body));
    } catch (error) {
      done(error as Error);
    }
  });

  app.post<OperationParams>(
    "/api/actors/:type/:keyText/commands/:name",
    async ({ params, body, headers }, response) => {
      const { name: command, ...address } = params;
      const request = {
        ...address,
        command,
        payload: body === undefined ? {} : body,
        resends: parseAs(resends, headers.resends, "a Resends header"),
        idempotencyKey: parseAs(optionalKey, headers["idempotency-key"], "an Idempotency-Key"),
      };
      if (!isAsync(headers)) return response.type("application/json").send(await runtime.askText(request));
      return response
        .code(202)
        .header("preference-applied", "respond-async")
        .send(await runtime.tell(request));
    },
  );

  app.post<OperationParams>("/api/actors/:type/:keyText/queries/:name", async ({ params, body }) => ({
    reply: await runtime.query({ ...params, query: params.name, payload: body === undefined ? {} : body }),
  }));

  for (const what of intervention.options) {
    app.post<ActorParams>(`/api/actors/:type/:keyText/${what}`, async ({ params }, response) => {
      await runtime.intervene(params, what);
      return response.code(204).send();
    });
  }

  app.post<ActorParams>("/api/actors/:type/:keyText/forks", async ({ params, body }, response) => {
    const request = parseAs(forkRequest, body, "a fork");
    return response.code(201).send(await runtime.fork(params, request));
  });

  app.post<ActorParams>("/api/actors/:type/:keyText/what-ifs", async ({ params, body }, response) => {
    const { keep, ...request } = parseAs(whatIfCall, body, "a what-if");
    if (keep === undefined) return runtime.past.whatIf(params, request);
    const { at, ...whatIf } = request;
    return response.code(201).send(await runtime.fork(params, { at, key: keep.key, whatIf }));
  });

  app.post<ActorParams>("/api/actors/:type/:keyText/checkpoints", async ({ params, body }) => {
    const { after } = parseAs(checkpointsRequest, body ?? {}, "a wish for checkpoints");
    return runtime.writeCheckpoints(params, after);
  });

  app.delete<ActorParams>("/api/actors/:type/:keyText", async ({ params }, response) => {
    await runtime.erase(params);
    return response.code(204).send();
  });

  app.delete<ActorParams>("/api/actors/:type/:keyText/journal", async ({ params, query }) => {
    const { below } = parseAs(pruneQuery, query, "a pruning's query");
    return { pruned: await runtime.pruneJournal(params, below) };
  });
}
