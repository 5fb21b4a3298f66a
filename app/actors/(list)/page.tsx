import type { Metadata } from "next";
import { getHandle } from "../../../server/handle/handle.ts";
import { actorsQuery } from "../../../server/protocol/actors.ts";
import { ActorsList } from "./actors-list.tsx";

export const metadata: Metadata = { title: "Actors" };

/** What the address may say of the list; what it says wrongly is taken as not said. */
const inAddress = actorsQuery.pick({ q: true, type: true, status: true, sort: true, cursor: true }).partial();

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function ActorsPage({ searchParams }: { searchParams: Params }) {
  const handle = getHandle();
  const query = inAddress.safeParse(await searchParams).data ?? {};
  const types = handle.types().map(({ type, key }) => ({ type, key }));
  // First, so that the list has all that has happened until there.
  const position = handle.position();
  const [result, facets] = await Promise.all([handle.actors(actorsQuery.parse(query)), handle.facets(query.q)]);
  const shown = { query, result, facets: facets.ok ? facets.value : [], position };
  return <ActorsList {...shown} loadedAt={Date.now()} types={types} />;
}
