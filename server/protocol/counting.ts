/**
 * How many actors are counted that were created while a reader was away, or that a search finds; of more it is
 * told that they are so many. It stands alone, so that a browser need not load the schemas for it.
 */
export const MAX_COUNTED = 10_000;

/** How far the messages of one mailbox are counted. */
export const MAX_DEPTH = 10_000;
