import { z } from "zod";
import { deadLettersQuery, mailboxQuery, type RedriveInfo, redriveRequest } from "../protocol/mail.ts";
import type { Runtime } from "../runtime/api.ts";
import { bare, onActorBare, onActorWith, type Routes } from "./validation.ts";

const id = z.object({ id: z.uuid().toLowerCase() });
const lettersQuery = z.strictObject(deadLettersQuery.shape);

/**
 * The calls on messages, mailboxes, reminders and dead letters. Reading wakes no actor. `POST /api/redrives` starts a job
 * that redrives a group of dead letters, or some by their message ids; `DELETE` stops it.
 */
export function addMail(app: Routes, runtime: Runtime): void {
  const { mail } = runtime;

  app.get("/api/actors/:type/:keyText/mailbox", onActorWith(mailboxQuery), ({ params, query }) =>
    mail.mailbox(params, query),
  );

  app.get("/api/actors/:type/:keyText/reminders", onActorBare, async ({ params }) => ({
    items: await mail.reminders(params),
    next: null,
  }));

  app.get("/api/dead-letters", { schema: { querystring: lettersQuery } }, ({ query }) => mail.deadLetters(query));

  app.get("/api/dead-letters/groups", bare, async () => ({ items: await mail.deadLetterGroups(), next: null }));

  app.get("/api/messages/:id", { schema: { ...bare.schema, params: id } }, ({ params }) => mail.message(params.id));

  app.post("/api/redrives", { schema: { body: redriveRequest } }, async ({ body }, response): Promise<RedriveInfo> => {
    const job = await runtime.startRedrive(body);
    return response.code(202).header("location", `/api/redrives/${job.id}`).send(job);
  });

  app.get("/api/redrives", bare, async () => ({ items: await mail.redrives(), next: null }));

  app.get("/api/redrives/:id", { schema: { params: id } }, ({ params }) => mail.redrive(params.id));

  app.delete("/api/redrives/:id", { schema: { params: id } }, ({ params }) => runtime.stopRedrive(params.id));
}
