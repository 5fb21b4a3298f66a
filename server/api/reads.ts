import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { GreenroomError } from "../core/errors.ts";
import {
  type ActorSummary,
  actorsQuery,
  facetsQuery,
  type Page,
  type TypeFacet,
  type TypeInfo,
} from "../protocol/actors.ts";
import { type CheckpointInfo, type Entry, journalQuery } from "../protocol/journal.ts";
import type { Inspector } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import { parseAs } from "./json.ts";

/** Whether the server can do its work: the database is reachable and every migration is applied. */
export interface Health {
  ready(): Promise<boolean>;
}

interface ActorParams {
  Params: Address;
}

const listQuery = z.strictObject(actorsQuery.shape);
const searchQuery = z.strictObject(facetsQuery.shape);
const entriesQuery = z.strictObject(journalQuery.shape);
const noQuery = z.strictObject({});

/** The calls that read: none of them wakes an actor. A parameter that is not known is refused, not ignored. */
export function addReads(app: FastifyInstance, inspector: Inspector, health: Health): void {
  app.get("/api/actors", ({ query }): Promise<Page<ActorSummary>> => {
    return inspector.actors(parseAs(listQuery, query, "a list's query"));
  });

  app.get("/api/actors/facets", async ({ query }): Promise<Page<TypeFacet>> => {
    const { q } = parseAs(searchQuery, query, "a search");
    return { items: await inspector.facets(q), next: null };
  });

  app.get("/api/types", async (): Promise<Page<TypeInfo>> => ({ items: inspector.types(), next: null }));

  app.get<{ Params: { type: string } }>("/api/types/:type", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    const stats = inspector.typeStats(params.type);
    return { ...inspector.types().find(({ type }) => type === params.type), stats };
  });

  app.get<ActorParams>("/api/actors/:type/:keyText", async ({ params, query }) => {
    parseAs(noQuery, query, "this call's query");
    return inspector.actor(params);
  });

  app.get<ActorParams>("/api/actors/:type/:keyText/journal", ({ params, query }): Promise<Page<Entry>> => {
    return inspector.journal(params, parseAs(entriesQuery, query, "a journal's query"));
  });

  app.get<ActorParams>(
    "/api/actors/:type/:keyText/checkpoints",
    async ({ params, query }): Promise<Page<CheckpointInfo>> => {
      parseAs(noQuery, query, "this call's query");
      return { items: await inspector.checkpoints(params), next: null };
    },
  );

  app.get("/healthz", async () => ({ status: "ok" }));

  app.get("/readyz", async () => {
    const { standsBy } = inspector.overview().node;
    if (standsBy !== null) {
      throw new GreenroomError("unavailable", `The server stands by for ${standsBy.name} since ${standsBy.since}.`);
    }
    if (await health.ready()) return { status: "ready" };
    throw new GreenroomError("unavailable", "The server is not ready: it has no database to write to.");
  });
}
