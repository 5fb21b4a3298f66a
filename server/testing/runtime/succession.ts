import type { ActorType } from "../../core/define/define.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Store } from "../../runtime/ports/store.ts";
import type { RunningRuntime } from "../../runtime/runtime.ts";
import type { RuntimeEvent } from "../../runtime/shared/events.ts";
import { startNode } from "./node.ts";

export interface SuccessionOptions {
  /** Opens a new store for each node. */
  open: () => Promise<Store>;
  types: readonly ActorType[];
  clock?: Clock;
}

/** One node after another on the same database. */
export class Succession {
  readonly #options: SuccessionOptions;
  readonly #ended: Promise<void>[] = [];
  #node: { runtime: RunningRuntime; store: Store } | undefined;
  /** The events of the current node. */
  events: RuntimeEvent[] = [];

  constructor(options: SuccessionOptions) {
    this.#options = options;
  }

  /** The current node. */
  get runtime(): RunningRuntime {
    if (this.#node === undefined) throw new Error("No node runs.");
    return this.#node.runtime;
  }

  get store(): Store {
    if (this.#node === undefined) throw new Error("No node runs.");
    return this.#node.store;
  }

  /** Starts a node that takes over from the current one, which can commit nothing more, as after a crash. */
  async start(types = this.#options.types): Promise<void> {
    const before = this.#node;
    const store = await this.#options.open();
    const { clock } = this.#options;
    const { runtime } = await startNode({ store, types, ...(clock === undefined ? {} : { clock }) });
    this.events = [];
    runtime.events.listen((event) => this.events.push(event));
    this.#node = { runtime, store };
    if (before !== undefined) this.#ended.push(before.runtime.stop().then(() => before.store.close()));
  }

  /** Stops the current node in order, and starts the next one. */
  async restart(types = this.#options.types): Promise<void> {
    await this.stop();
    await this.start(types);
  }

  /** Stops the current node, and waits until all earlier nodes have stopped. */
  async stop(): Promise<void> {
    const node = this.#node;
    this.#node = undefined;
    if (node !== undefined) this.#ended.push(node.runtime.stop().then(() => node.store.close()));
    await Promise.all(this.#ended.splice(0));
  }
}
