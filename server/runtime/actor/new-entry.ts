import type { EntryBody } from "../../protocol/journal.ts";

/**
 * An entry on its way into the journal. It is written as JSON once, in its turn: the store, the bound on its size and
 * whoever looks on all use that text.
 */
export class NewEntry {
  readonly kind: EntryBody["kind"];
  /** Its body as JSON. */
  readonly text: string;

  /** @param text the body as JSON, where it is written already */
  constructor(kind: EntryBody["kind"], text: string) {
    this.kind = kind;
    this.text = text;
  }

  static of(body: EntryBody): NewEntry {
    return new NewEntry(body.kind, JSON.stringify(body));
  }

  /** Its body, a new value each time. */
  get body(): EntryBody {
    return JSON.parse(this.text) as EntryBody;
  }
}
