import type { BrowserContext } from "@playwright/test";

/** Reported when a browser leaves a page before it is loaded; not a fault. */
const LEFT_EARLY = "net::ERR_ABORTED";

/** Faults of a page that cannot reach its server, or whose server ends during a response. */
export const unreachable =
  /net::ERR_(ABORTED|INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|\b503\b/;

/** Collects the faults of pages: script errors, console errors, and failed requests to our server. */
export class PageFaults {
  readonly #origin: string;
  readonly #found: string[] = [];
  #expected: RegExp | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The unexpected faults of all watched windows. */
  get unexpected(): readonly string[] {
    return this.#found;
  }

  /** Ignores faults that match the pattern from now on, for a test that breaks something on purpose. */
  expect(pattern: RegExp): void {
    this.#expected = pattern;
  }

  /** Watches all pages of a browser context, including later ones. */
  watch(context: BrowserContext): void {
    context.on("weberror", (error) => this.#add(`script: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.#add(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      if (reason !== LEFT_EARLY) this.#add(`request: ${request.method()} ${request.url()}: ${reason}`);
    });
    context.on("response", (response) => {
      const isOurs = response.url().startsWith(this.#origin);
      if (isOurs && response.status() >= 400) this.#add(`answer: ${response.status()} to ${response.url()}`);
    });
  }

  #add(fault: string): void {
    if (!this.#expected?.test(fault)) this.#found.push(fault);
  }
}
