import { closeSync, openSync, writeSync } from "node:fs";
import type { ErrorCode } from "../../protocol/errors.ts";

/** Why a line was rejected. `code` is set if the server rejected it. */
export interface Refusal {
  reason: string;
  code?: ErrorCode;
}

/** An NDJSON file of rejected lines. Each run overwrites it. */
export class RejectsFile {
  readonly path: string;
  readonly #fd: number;

  /** @throws the file system's error when the file cannot be written */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, "w");
  }

  /** Writes one line at once, so it survives an interruption. */
  add(file: string, line: number, { reason, code }: Refusal, record: string): void {
    writeSync(this.#fd, `${JSON.stringify({ file, line, reason, code, record })}\n`);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
