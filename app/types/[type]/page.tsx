import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getHandle } from "../../../server/handle/handle.ts";
import { TypePage } from "./type-page.tsx";

type Params = Promise<{ type: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: (await params).type };
}

export default async function Type({ params }: { params: Params }) {
  const { type } = await params;
  const handle = getHandle();
  const info = handle.types().find((known) => known.type === type);
  if (info === undefined) notFound();
  const counts = handle.overview().types.find((known) => known.type === type)?.counts ?? {};
  return <TypePage info={info} counts={counts} initial={handle.typeStats(type)} />;
}
