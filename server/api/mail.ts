import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { deadLettersQuery, mailboxQuery, type RedriveInfo, redriveRequest } from "../protocol/mail.ts";
import type { Runtime } from "../runtime/api.ts";
import { parseAs, parseJson } from "./json.ts";

interface ActorParams {
  Params: { type: string; key: string };
}

interface IdParams {
  Params: { id: string };
}

const noQuery = z.strictObject({});
const lettersQuery = z.strictObject(deadLettersQuery.shape);
const mailQuery = z.strictObject(mailboxQuery.shape);

/**
 * The calls on messages, mailboxes, reminders and dead letters. Reading wakes nobody. `POST /api/redrives` starts a job that puts
 * letters back, a whole group or some by their message ids; `DELETE` stops it.
 */
export function addMail(app: FastifyInstance, runtime: Runtime): void {
  const { mail } = runtime;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body: Buffer, done) => {
    try {
      done(null, parseJson(body));
    } catch (error) {
      done(error as Error);
    }
  });

  app.get<ActorParams>("/api/actors/:type/:key/mailbox", ({ params, query }) => {
    return mail.mailbox(params.type, params.key, parseAs(mailQuery, query, "a mailbox's query"));
  });

  app.get<ActorParams>("/api/actors/:type/:key/reminders", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return { items: await mail.reminders(params.type, params.key), next: null };
  });

  app.get("/api/dead-letters", ({ query }) => mail.deadLetters(parseAs(lettersQuery, query, "a list's query")));

  app.get("/api/dead-letters/groups", async ({ query }) => {
    parseAs(noQuery, query, "this call's query");
    return { items: await mail.deadLetterGroups(), next: null };
  });

  app.get<IdParams>("/api/messages/:id", ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return mail.message(parseAs(z.uuid(), params.id, "a message's id").toLowerCase());
  });

  app.post("/api/redrives", async ({ body }, response): Promise<RedriveInfo> => {
    const job = await runtime.redrive(parseAs(redriveRequest, body, "a redrive"));
    return response.code(202).header("location", `/api/redrives/${job.id}`).send(job);
  });

  app.get("/api/redrives", async ({ query }) => {
    parseAs(noQuery, query, "this call's query");
    return { items: await mail.redrives(), next: null };
  });

  app.get<IdParams>("/api/redrives/:id", ({ params }) => mail.redrive(parseAs(z.uuid(), params.id, "a redrive's id")));

  app.delete<IdParams>("/api/redrives/:id", async ({ params }): Promise<RedriveInfo> => {
    const id = parseAs(z.uuid(), params.id, "a redrive's id");
    await mail.redrive(id);
    await runtime.stopRedrive(id);
    return mail.redrive(id);
  });
}
