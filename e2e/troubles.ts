import type { BrowserContext } from "@playwright/test";

/** What a browser says when it leaves a page before all of it has come: nothing went wrong. */
const GIVEN_UP = "net::ERR_ABORTED";

/** What goes wrong in a page that cannot reach its server, or whose server ends in the middle of an answer. */
export const unreachable =
  /net::ERR_(ABORTED|INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|\b503\b/;

/** Collects what goes wrong in pages: errors of scripts and in the console, requests to our server that fail. */
export class Troubles {
  readonly #origin: string;
  readonly #found: string[] = [];
  #expected: RegExp | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** What was found in all watched windows, and not expected. */
  get unexpected(): readonly string[] {
    return this.#found;
  }

  /** Lets go whatever fits the pattern from now on, for a test that breaks something on purpose. */
  expect(pattern: RegExp): void {
    this.#expected = pattern;
  }

  /** Watches all pages of a window, also those that are opened later. */
  watch(context: BrowserContext): void {
    context.on("weberror", (error) => this.#add(`script: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.#add(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      if (reason !== GIVEN_UP) this.#add(`request: ${request.method()} ${request.url()}: ${reason}`);
    });
    context.on("response", (response) => {
      const isOurs = response.url().startsWith(this.#origin);
      if (isOurs && response.status() >= 400) this.#add(`answer: ${response.status()} to ${response.url()}`);
    });
  }

  #add(trouble: string): void {
    if (!this.#expected?.test(trouble)) this.#found.push(trouble);
  }
}
