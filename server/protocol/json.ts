/** Any JSON value. States, payloads and replies are JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Optional members are absent, never `undefined`. */
export type JsonObject = { readonly [name: string]: Json };
