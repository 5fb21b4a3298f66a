import { z } from "zod";
import { intervention } from "../protocol/actors.ts";
import { checkpointsRequest, forkRequest } from "../protocol/past.ts";
import { whatIfCall } from "../protocol/what-if.ts";
import type { Runtime } from "../runtime/api.ts";
import { isAsync, onActor, onActorWith, type Routes } from "./validation.ts";

const operationParams = z.object({ type: z.string(), keyText: z.string(), name: z.string() });
const commandHeaders = z.object({
  prefer: z.string().optional(),
  resends: z.uuid().optional(),
  /** Validated by the runtime. */
  "idempotency-key": z.string().optional(),
});
const pruneQuery = z.strictObject({ below: z.coerce.number().int().min(1) });

/**
 * The calls that change one actor or run its code.
 *
 * - `POST …/commands/{command}` and `…/queries/{query}`: the body is the payload, by default `{}`. With
 *   `Prefer: respond-async` a command is queued: 202 as soon as it is in the mailbox. A `Resends` header names the message
 *   that a person sends again.
 * - `POST …/passivate`, `…/retry`, `…/skip`, `…/dead-letter`, `…/crash`: interventions.
 * - `POST …/forks`: creates a new actor from a past state.
 * - `POST …/what-ifs`: runs a what-if; with `keep`, stores the result as a new actor.
 * - `POST …/checkpoints`: writes missing checkpoints above `after`; `next` in the response says where to continue.
 * - `DELETE …`: erases the actor. `DELETE …/journal?below=SEQ`: prunes its journal.
 */
export function addOperations(app: Routes, runtime: Runtime): void {
  app.post(
    "/api/actors/:type/:keyText/commands/:name",
    { schema: { params: operationParams, headers: commandHeaders } },
    async ({ params: { type, keyText, name: command }, body, headers }, response) => {
      const request = {
        type,
        keyText,
        command,
        payload: body === undefined ? {} : body,
        resends: headers.resends,
        idempotencyKey: headers["idempotency-key"],
      };
      if (!isAsync(headers)) return response.type("application/json").send(await runtime.askText(request));
      return response
        .code(202)
        .header("preference-applied", "respond-async")
        .send(await runtime.tell(request));
    },
  );

  app.post(
    "/api/actors/:type/:keyText/queries/:name",
    { schema: { params: operationParams } },
    async ({ params: { type, keyText, name: query }, body }) => ({
      reply: await runtime.query({ type, keyText, query, payload: body === undefined ? {} : body }),
    }),
  );

  for (const what of intervention.options) {
    app.post(`/api/actors/:type/:keyText/${what}`, onActor, async ({ params }, response) => {
      await runtime.intervene(params, what);
      return response.code(204).send();
    });
  }

  app.post(
    "/api/actors/:type/:keyText/forks",
    { schema: { ...onActor.schema, body: forkRequest } },
    async ({ params, body }, response) => response.code(201).send(await runtime.fork(params, body)),
  );

  app.post(
    "/api/actors/:type/:keyText/what-ifs",
    { schema: { ...onActor.schema, body: whatIfCall } },
    async ({ params, body: { keep, ...request } }, response) => {
      if (keep === undefined) return runtime.past.whatIf(params, request);
      const { at, ...whatIf } = request;
      return response.code(201).send(await runtime.fork(params, { at, key: keep.key, whatIf }));
    },
  );

  app.post(
    "/api/actors/:type/:keyText/checkpoints",
    { schema: { ...onActor.schema, body: checkpointsRequest.default({ after: 0 }) } },
    ({ params, body: { after } }) => runtime.writeCheckpoints(params, after),
  );

  app.delete("/api/actors/:type/:keyText", onActor, async ({ params }, response) => {
    await runtime.erase(params);
    return response.code(204).send();
  });

  app.delete("/api/actors/:type/:keyText/journal", onActorWith(pruneQuery), async ({ params, query: { below } }) => ({
    pruned: await runtime.pruneJournal(params, below),
  }));
}
