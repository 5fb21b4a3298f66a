import { headers } from "next/headers";
import { getHandle } from "../server/handle/handle.ts";
import { Overview } from "./overview/overview.tsx";

export default async function OverviewPage() {
  const host = (await headers()).get("host") ?? "localhost";
  const handle = getHandle();
  const types = handle.types().map(({ type, key }) => ({ type, key }));
  return <Overview initial={handle.overview()} types={types} address={`http://${host}`} />;
}
