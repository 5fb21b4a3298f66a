import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The calls that came under one idempotency key. */
export interface Calls {
  idempotencyKey: string;
  symbol: string;
  count: number;
}

/**
 * A service outside, which gives quotes and counts how often it was asked under each idempotency key. No two answers
 * are alike, so a call that was made once too often would show in the counter's state, too.
 */
export class QuoteService {
  readonly url: string;
  readonly #server: Server;
  readonly #calls = new Map<string, Calls>();
  #total = 0;
  #held: (() => void) | undefined;

  /** Starts it on a free port. */
  static async start(): Promise<QuoteService> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new QuoteService(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => this.#answer(request, response));
  }

  /** All calls until now, in the order of their first. */
  get calls(): Calls[] {
    return [...this.#calls.values()].map((calls) => ({ ...calls }));
  }

  /** Leaves the next call without an answer. Resolves when it has come. */
  holdNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const symbol = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
    const idempotencyKey = String(request.headers["idempotency-key"]);
    const before = this.#calls.get(idempotencyKey)?.count ?? 0;
    this.#calls.set(idempotencyKey, { idempotencyKey, symbol, count: before + 1 });
    this.#total += 1;
    if (this.#held !== undefined) {
      this.#held();
      this.#held = undefined;
      return;
    }
    const quote = `${symbol} ${(100 + this.#total / 100).toFixed(2)}`;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ quote }));
  }
}
