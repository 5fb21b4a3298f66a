/** Any value that JSON can hold; the only values that states, payloads and replies are made of. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Optional members may be absent, but never `undefined`. */
export type JsonObject = { readonly [name: string]: Json };
