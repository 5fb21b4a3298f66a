import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call that came: what for, under which idempotency key, and the how manieth under it. */
export interface Call {
  name: string;
  key: string;
  attempt: number;
}

/** A service in the world outside, over HTTP, which counts its calls. `GET /…/NAME` is answered `{ "quote": … }`. */
export class CountingService {
  readonly url: string;
  readonly calls: Call[] = [];
  /**
   * What becomes of a call: a text is the quote; an error is answered as one; `lost` closes the connection without an
   * answer. Awaited, so a call can be held.
   */
  answer: (call: Call) => string | Promise<string> | Error | "lost" = ({ name }) => `${name} ${this.calls.length}`;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  /** Starts it on a free port. */
  static async start(): Promise<CountingService> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CountingService(server);
  }

  /** How often it was called under each idempotency key, in the order of the first calls. */
  get counts(): number[] {
    const counts = new Map<string, number>();
    for (const { key } of this.calls) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts.values()];
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
    const key = String(request.headers["idempotency-key"]);
    const call = { name, key, attempt: this.calls.filter((one) => one.key === key).length + 1 };
    this.calls.push(call);
    const answer = await this.answer(call);
    if (answer === "lost") {
      request.socket.destroy();
      return;
    }
    response.statusCode = answer instanceof Error ? 500 : 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer instanceof Error ? { error: answer.message } : { quote: answer }));
  }
}
