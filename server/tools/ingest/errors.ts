/** The command line asks for something that cannot be done; the message says what. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The ingest stopped before the end, for a reason that no line of the file is to blame for. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
