import type { Metadata } from "next";
import { OpenView } from "./open-view.tsx";

export const metadata: Metadata = { title: "Open a history" };

/** A history from a file. Only the browser reads the file. */
export default function OpenPage() {
  return <OpenView />;
}
