import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** What has to be known of a file before its first line can be sent. */
export interface Survey {
  /** 32 hex digits of the SHA-256 of all its bytes: what makes its lines' idempotency keys its own. */
  digest: string;
  bytes: number;
  lines: number;
}

/**
 * Reads a file once, as a stream.
 * @throws the error of the file system when it cannot be read
 */
export async function survey(file: string): Promise<Survey> {
  const hash = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  let endsLine = true;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
    endsLine = chunk.at(-1) === 10;
  }
  return { digest: hash.digest("hex").slice(0, 32), bytes, lines: endsLine ? lines : lines + 1 };
}
