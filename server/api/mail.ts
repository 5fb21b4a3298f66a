import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { deadLettersQuery, mailboxQuery, type RedriveInfo, redriveRequest } from "../protocol/mail.ts";
import type { Runtime } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import { parseAs, parseJson } from "./json.ts";

interface ActorParams {
  Params: Address;
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

  app.get<ActorParams>("/api/actors/:type/:keyText/mailbox", ({ params, query }) => {
    return mail.mailbox(params, parseAs(mailQuery, query, "a mailbox's query"));
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/reminders", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return { items: await mail.reminders(params), next: null };
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
    const job = await runtime.startRedrive(parseAs(redriveRequest, body, "a redrive"));
    return response.code(202).header("location", `/api/redrives/${job.id}`).send(job);
  });

  app.get("/api/redrives", async ({ query }) => {
    parseAs(noQuery, query, "this call's query");
    return { items: await mail.redrives(), next: null };
  });

  app.get<IdParams>("/api/redrives/:id", ({ params }) => mail.redrive(parseAs(z.uuid(), params.id, "a redrive's id")));

  app.delete<IdParams>("/api/redrives/:id", async ({ params }): Promise<RedriveInfo> => {
    return runtime.stopRedrive(parseAs(z.uuid(), params.id, "a redrive's id"));
  });
}
