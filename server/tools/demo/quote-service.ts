import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The calls under one idempotency key. */
export interface Calls {
  idempotencyKey: string;
  symbol: string;
  count: number;
}

/**
 * An external HTTP service that returns quotes and counts its calls by idempotency key. Every answer is different, so a
 * repeated call would also show in the counter's state.
 */
export class QuoteService {
  readonly #server = createServer();
  readonly #calls = new Map<string, Calls>();
  #total = 0;
  #held: (() => void) | undefined;

  /** Starts on a free port. */
  async start(): Promise<void> {
    this.#server.on("request", (request, response) => {
      const symbol = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
      const quote = this.#call(symbol, String(request.headers["idempotency-key"]));
      if (quote !== null) response.setHeader("content-type", "application/json").end(JSON.stringify({ quote }));
    });
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A copy of all calls so far, ordered by first call. */
  get calls(): Calls[] {
    return [...this.#calls.values()].map((calls) => ({ ...calls }));
  }

  /** Leaves the next call unanswered. Resolves when it arrives. */
  holdNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Counts a call. Returns the quote, or null when the call is held. */
  #call(symbol: string, idempotencyKey: string): string | null {
    const before = this.#calls.get(idempotencyKey)?.count ?? 0;
    this.#calls.set(idempotencyKey, { idempotencyKey, symbol, count: before + 1 });
    this.#total += 1;
    const held = this.#held;
    this.#held = undefined;
    held?.();
    return held === undefined ? `${symbol} ${(100 + this.#total / 100).toFixed(2)}` : null;
  }
}
