import { closeSync, openSync, writeSync } from "node:fs";
import type { ErrorCode } from "../../protocol/errors.ts";

/** Why a line was not taken. `code` is there when the server refused it. */
export interface Refusal {
  reason: string;
  code?: ErrorCode;
}

/** A file of lines that were not taken: NDJSON, made anew in each run. */
export class RejectsFile {
  readonly path: string;
  readonly #fd: number;

  /** @throws the error of the file system when it cannot be written */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "w");
  }

  /** Writes one line, at once: whatever happens next, it is there. */
  add(file: string, line: number, { reason, code }: Refusal, record: string): void {
    writeSync(this.#fd, `${JSON.stringify({ file, line, reason, code, record })}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
