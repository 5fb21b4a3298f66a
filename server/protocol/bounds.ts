// Limits that browser and server share. This file imports nothing, so a page that needs a limit does not load the schemas.

/** Default number of actors on a page of a list. */
export const LIST_PAGE = 50;
/** Larger states are not sent with frames; the reader fetches them. In bytes. */
export const MAX_STREAMED_STATE = 256 * 1024;
/** Maximum number of entries in a history file. A longer history is exported by ranges. */
export const MAX_EXPORTED = 2_000_000;
/** Maximum size of a history file that the console opens, in bytes. */
export const MAX_FILE = 500 * 1024 * 1024;
/** Counting stops at this number of actors: those created while a reader was away, or those that a search finds. */
export const MAX_COUNTED = 10_000;
/** Counting the messages of a mailbox stops at this number. */
export const MAX_DEPTH = 10_000;
/** Maximum number of actors for which the map has one cell each. */
export const MAX_CELLS = 20_000;
