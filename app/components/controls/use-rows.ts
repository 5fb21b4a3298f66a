import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

/** A list of rows of one height, in pixels, of which only those in view are in the page. `height` is a guess at its own. */
export function useRows(
  count: number,
  rowHeight: number,
  height: number,
  options: { overscan?: number; scrollMargin?: number } = {},
) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialRect: { width: 800, height },
    ...options,
  });
  return { scroller, virtual };
}
