import type { Metadata } from "next";
import { OpenView } from "./open-view.tsx";

export const metadata: Metadata = { title: "Open a history" };

/** A history from a file, which the browser reads: the server has no part in it. */
export default function OpenPage() {
  return <OpenView />;
}
