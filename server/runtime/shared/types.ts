import type { ActorType, Operation } from "../../core/define/define.ts";
import { checkKey, decodeKey, type Key } from "../../core/define/keys.ts";
import { type Payload, parsePayload } from "../../core/define/payload.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { Address } from "../ports/ids.ts";

/** A message that passed every check, with its receiver. */
export interface Checked extends NamedActor {
  operation: Operation;
  payload: Payload;
}

/** An actor whose type runs here and whose key fits the type. */
export interface NamedActor {
  definition: ActorType;
  key: Key;
  keyText: string;
}

/** The registered actor types by name, and the checks of incoming messages. */
export class Types {
  readonly #types: ReadonlyMap<string, ActorType>;

  constructor(types: readonly ActorType[]) {
    this.#types = new Map(types.map((type) => [type.type, type]));
  }

  all(): Iterable<ActorType> {
    return this.#types.values();
  }

  find(type: string): ActorType | undefined {
    return this.#types.get(type);
  }

  /** @throws GreenroomError `unknown_type` */
  get(type: string): ActorType {
    const definition = this.#types.get(type);
    if (definition === undefined) throw new GreenroomError("unknown_type", `There is no actor type "${type}".`);
    return definition;
  }

  /** The type and key of an actor. @throws GreenroomError `unknown_type`, `invalid_key` */
  named({ type, keyText }: Address): NamedActor {
    const definition = this.get(type);
    const key = decodeKey(keyText);
    checkKey(key, definition.key);
    return { definition, key, keyText };
  }

  /**
   * Checks a message's type, key, command or query, and payload.
   * @throws GreenroomError `unknown_type`, `invalid_key`, `unknown_command`, `invalid_payload`, `payload_too_large`
   */
  check(kind: Operation["kind"], address: Address, name: string, payload: unknown): Checked {
    const { definition, key, keyText } = this.named(address);
    const { type, operations } = definition;
    const operation = operations.get(name);
    if (operation?.kind !== kind) throw new GreenroomError("unknown_command", `${type} has no ${kind} "${name}".`);
    return { definition, key, keyText, operation, payload: parsePayload(operation.schema, payload, `${type}.${name}`) };
  }
}
