/** The height of a row, and of the head of the list, in pixels. */
export const ROW_HEIGHT = 28;

/** How the columns share the width; narrow lists leave some out. */
export const columns = {
  seq: "w-20 @max-md:w-16 text-right",
  kind: "w-34 @max-md:w-31",
  name: "w-32 @max-lg:w-28 @max-md:w-auto",
  what: "@max-md:hidden",
  outcome: "w-40 @max-2xl:hidden",
  at: "w-22 @max-md:w-20 text-right",
};

/** How a cell of the list is laid out. */
export const cell = "h-7 overflow-hidden px-2 @max-md:px-1.5 py-0 text-ellipsis whitespace-nowrap";
