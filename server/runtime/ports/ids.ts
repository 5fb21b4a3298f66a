/** The surrogate number of an actor, given by the store. */
export type ActorId = number & { readonly brand: "ActorId" };

/** An actor's type and the text form of its key. */
export interface Address {
  type: string;
  keyText: string;
}
