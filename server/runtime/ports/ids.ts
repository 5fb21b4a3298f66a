/** An actor's surrogate key, assigned by the store. Ids grow in the order of creation. */
export type ActorId = number & { readonly brand: "ActorId" };

/** An actor's type and the text form of its key. */
export interface Address {
  type: string;
  keyText: string;
}
