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
import { bare, onActorBare, onActorWith, type Routes } from "./validation.ts";

/** Whether the server can work: the database is reachable and fully migrated. */
export interface Health {
  ready(): Promise<boolean>;
}

const typeRoute = { schema: { ...bare.schema, params: z.object({ type: z.string() }) } };

/** The calls that read; none of them wakes an actor. */
export function addReads(app: Routes, inspector: Inspector, health: Health): void {
  app.get(
    "/api/actors",
    { schema: { querystring: z.strictObject(actorsQuery.shape) } },
    ({ query }): Promise<Page<ActorSummary>> => inspector.actors(query),
  );

  app.get(
    "/api/actors/facets",
    { schema: { querystring: z.strictObject(facetsQuery.shape) } },
    async ({ query: { q } }): Promise<Page<TypeFacet>> => ({ items: await inspector.facets(q), next: null }),
  );

  app.get("/api/types", async (): Promise<Page<TypeInfo>> => ({ items: inspector.types(), next: null }));

  app.get("/api/types/:type", typeRoute, async ({ params }) => {
    const stats = inspector.typeStats(params.type);
    return { ...inspector.types().find(({ type }) => type === params.type), stats };
  });

  app.get("/api/actors/:type/:keyText", onActorBare, ({ params }) => inspector.actor(params));

  app.get(
    "/api/actors/:type/:keyText/journal",
    onActorWith(journalQuery),
    ({ params, query }): Promise<Page<Entry>> => inspector.journal(params, query),
  );

  app.get(
    "/api/actors/:type/:keyText/checkpoints",
    onActorBare,
    async ({ params }): Promise<Page<CheckpointInfo>> => ({
      items: await inspector.checkpoints(params),
      next: null,
    }),
  );

  app.get("/healthz", async () => ({ status: "ok" }));

  app.get("/readyz", async () => {
    const { standsBy } = inspector.overview().node;
    if (standsBy !== null) {
      throw new GreenroomError(
        "unavailable",
        `The server is a standby for ${standsBy.name} since ${standsBy.since}; send requests to that one.`,
      );
    }
    if (await health.ready()) return { status: "ready" };
    throw new GreenroomError("unavailable", "The server is not ready: its database is unreachable or not migrated.");
  });
}
