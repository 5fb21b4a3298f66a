import type { Entry, EntryBody } from "../../protocol/journal.ts";

/** The columns of a `Checkpoint`. */
export const checkpointColumns = `seq, state, checksum, version, turn_time AS "turnTime", at`;

/** Whether a checkpoint's checksum holds: `checksum` of `runtime/shared/digest.ts` in SQL, so that no state is sent. */
export const valid =
  "checksum = translate(left(encode(sha256(convert_to(state::text, 'UTF8')), 'base64'), 22), '+/', '-_')";

/** The columns of an entry; `body` is JSON text. */
export type EntryColumns = Pick<Entry, "seq" | "at"> & { body: string };

export function toEntry({ seq, at, body }: EntryColumns): Entry {
  return { seq, at, body: JSON.parse(body) as EntryBody };
}
