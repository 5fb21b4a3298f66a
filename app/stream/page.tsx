import type { Metadata } from "next";
import { getHandle } from "../../server/handle/handle.ts";
import { Stream } from "./stream.tsx";

export const metadata: Metadata = { title: "Stream" };

export default function StreamPage() {
  const types = getHandle()
    .types()
    .map(({ type }) => type);
  return <Stream types={types} />;
}
