import type { Metadata } from "next";
import { getHandle } from "../../../server/handle/handle.ts";
import { actorsQuery } from "../../../server/protocol/actors.ts";
import { ActorsList } from "./actors-list.tsx";

export const metadata: Metadata = { title: "Actors" };

/** The list's parameters in the address. Invalid ones are ignored. */
const inAddress = actorsQuery.pick({ q: true, type: true, status: true, sort: true, cursor: true }).partial();

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function ActorsPage({ searchParams }: { searchParams: Params }) {
  const handle = getHandle();
  const query = inAddress.safeParse(await searchParams).data ?? {};
  const types = handle.types().map(({ type, key }) => ({ type, key }));
  // Read first, so that the list includes everything up to this position.
  const position = handle.position();
  const [result, facets] = await Promise.all([handle.actors(actorsQuery.parse(query)), handle.facets(query.q)]);
  const shown = { query, result, facets: facets.ok ? facets.value : [], position };
  return <ActorsList {...shown} loadedAt={Date.now()} types={types} />;
}
