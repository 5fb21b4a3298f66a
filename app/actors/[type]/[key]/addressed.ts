import { notFound } from "next/navigation";
import { getHandle } from "../../../../server/handle/handle.ts";
import type { TypeInfo } from "../../../../server/protocol/actors.ts";
import { decodeKeyText } from "../../../../server/protocol/key-text.ts";
import { keyTextOf, segmentProblem } from "../../segments.ts";

/** The route parameters of an actor's page. */
export type Addressed = Promise<{ type: string; key: string }>;

/** The actor that an address names, used or not. Calls `notFound` if the type, the number of segments or a segment is invalid. */
export async function addressed(params: Addressed): Promise<{ info: TypeInfo; segments: string[]; keyText: string }> {
  const { type, key } = await params;
  const keyText = keyTextOf(key);
  const info = getHandle()
    .types()
    .find((known) => known.type === type);
  const segments = decodeKeyText(keyText);
  if (info === undefined || segments === null || segments.length !== info.key.length) notFound();
  if (segments.some((segment) => segmentProblem(segment, segments) !== null)) notFound();
  return { info, segments, keyText };
}
