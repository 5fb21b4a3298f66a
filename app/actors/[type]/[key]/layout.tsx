import type { ReactNode } from "react";
import { type Addressed, addressed } from "./addressed.ts";

/**
 * Refuses an address that names no actor, above the streaming boundary: once the response has started, its status is
 * 200, whatever the page finds.
 */
export default async function ActorLayout({ params, children }: { params: Addressed; children: ReactNode }) {
  await addressed(params);
  return children;
}
