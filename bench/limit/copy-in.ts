import { Query } from "pg";

/** The part of the driver's connection that `COPY` uses. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A query with a `COPY … FROM STDIN` statement and its rows in Postgres' text format. */
export class CopyIn extends Query {
  readonly #rows: Buffer;

  constructor(text: string, rows: Buffer, done: (error: Error | undefined) => void) {
    // The driver passes `null` if there is no error.
    super(text, (error) => done(error ?? undefined));
    this.#rows = rows;
  }

  /** Called by the driver when Postgres expects the rows. */
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#rows);
    connection.endCopyFrom();
  }
}
