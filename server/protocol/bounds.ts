/**
 * Bounds that browser and server share. They stand alone, so that a page need not load the schemas for them.
 */

/** How many actors a page of their list has, unless another number is asked for. */
export const LIST_PAGE = 50;
/** A state above this size is not sent with every frame; the reader fetches it. In bytes. */
export const MAX_STREAMED_STATE = 256 * 1024;
/** The most entries that one file of a history has: of a longer history it is a range. */
export const MAX_EXPORTED = 2_000_000;
