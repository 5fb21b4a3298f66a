import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

/** A list that renders only the rows in view. `rowHeight` and `height`, the list's estimated height, are in pixels. */
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
