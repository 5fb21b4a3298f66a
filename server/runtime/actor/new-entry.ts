import type { EntryBody } from "../../protocol/journal.ts";

/** An entry to append to a journal. It is serialized once, in its turn; the store and all readers use that text. */
export class NewEntry {
  readonly kind: EntryBody["kind"];
  /** Its body as JSON. */
  readonly text: string;

  constructor(kind: EntryBody["kind"], text: string) {
    this.kind = kind;
    this.text = text;
  }

  static of(body: EntryBody): NewEntry {
    return new NewEntry(body.kind, JSON.stringify(body));
  }

  /** Its body: a new value for each call. */
  get body(): EntryBody {
    return JSON.parse(this.text) as EntryBody;
  }
}
