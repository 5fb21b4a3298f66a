import { Query } from "pg";

/** The part of the driver's connection that takes copied rows. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A query one of whose statements is `COPY … FROM STDIN`, with the rows that it asks for, in Postgres' text format. */
export class CopyIn extends Query {
  readonly #rows: Buffer;

  constructor(text: string, rows: Buffer, done: (error: Error | undefined) => void) {
    // Postgres says that there is no error with `null`.
    super(text, (error) => done(error ?? undefined));
    this.#rows = rows;
  }

  /** Called by the driver when Postgres is ready to take the rows. */
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#rows);
    connection.endCopyFrom();
  }
}
