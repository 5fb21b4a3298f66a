"use server";

import { z } from "zod";
import { getHandle, type Handle } from "../server/handle/handle.ts";
import { intervention } from "../server/protocol/actors.ts";
import { type CommandReply, idempotencyKey, type TellReply } from "../server/protocol/commands.ts";
import type { Result } from "../server/protocol/errors.ts";
import type { Json } from "../server/protocol/json.ts";
import { type RedriveInfo, redriveRequest } from "../server/protocol/mail.ts";
import { type CheckpointsWritten, checkpointsRequest, forkRequest } from "../server/protocol/past.ts";

/** What a form sends. The payload comes as JSON text: parsing it is safe at any depth, and yields nothing but JSON. */
const request = z.object({
  type: z.string().max(64),
  keyText: z.string().max(4096),
  operation: z.string().max(64),
  payload: z.string().max(1024 * 1024),
  idempotencyKey: idempotencyKey.optional(),
  resends: z.uuid().optional(),
});

/** Sends a command to an actor; answers once its change is durable. The input is whatever a browser sent. */
export async function sendCommand(input: unknown): Promise<Result<CommandReply>> {
  return withRequest(input, (handle, { operation, ...rest }) => handle.command({ ...rest, command: operation }));
}

/** Puts a command into an actor's mailbox; answers once it is durable there. The input is whatever a browser sent. */
export async function tellCommand(input: unknown): Promise<Result<TellReply>> {
  return withRequest(input, (handle, { operation, ...rest }) => handle.tell({ ...rest, command: operation }));
}

/** Asks an actor a query, which wakes it. The input is whatever a browser sent. */
export async function runQuery(input: unknown): Promise<Result<Json>> {
  return withRequest(input, (handle, { operation, type, keyText, payload }) =>
    handle.query({ type, keyText, query: operation, payload }),
  );
}

/** Starts a job that puts dead letters back: a group, or some by their message ids. The input is whatever a browser sent. */
export async function startRedrive(input: unknown): Promise<Result<RedriveInfo>> {
  const parsed = redriveRequest.safeParse(input);
  return parsed.success ? getHandle().startRedrive(parsed.data) : refused(z.prettifyError(parsed.error));
}

/** Ends such a job; what has not gone back stays. The input is whatever a browser sent. */
export async function stopRedrive(input: unknown): Promise<Result<RedriveInfo>> {
  const parsed = z.uuid().safeParse(input);
  return parsed.success ? getHandle().stopRedrive(parsed.data) : refused(z.prettifyError(parsed.error));
}

const named = z.object({ type: z.string().max(64), keyText: z.string().max(4096) });
const intervened = named.extend({ what: intervention });

/** Does to an actor what a person decided. The input is whatever a browser sent. */
export async function interveneIn(input: unknown): Promise<Result<null>> {
  const parsed = intervened.safeParse(input);
  if (!parsed.success) return refused(z.prettifyError(parsed.error));
  return getHandle().intervene(parsed.data.type, parsed.data.keyText, parsed.data.what);
}

const forked = named.extend({ request: forkRequest });

/** Keeps a moment of an actor as a new one; answers with the key of that. The input is whatever a browser sent. */
export async function forkActor(input: unknown): Promise<Result<string>> {
  const parsed = forked.safeParse(input);
  if (!parsed.success) return refused(z.prettifyError(parsed.error));
  return getHandle().fork(parsed.data.type, parsed.data.keyText, parsed.data.request);
}

const wished = named.extend({ after: checkpointsRequest.shape.after });

/** Writes checkpoints of an actor above a seq, a bounded number of them. The input is whatever a browser sent. */
export async function writeCheckpoints(input: unknown): Promise<Result<CheckpointsWritten>> {
  const parsed = wished.safeParse(input);
  if (!parsed.success) return refused(z.prettifyError(parsed.error));
  return getHandle().writeCheckpoints(parsed.data.type, parsed.data.keyText, parsed.data.after);
}

/** Deletes an actor with all that is kept of it. The input is whatever a browser sent. */
export async function eraseActor(input: unknown): Promise<Result<null>> {
  const parsed = named.safeParse(input);
  return parsed.success
    ? getHandle().erase(parsed.data.type, parsed.data.keyText)
    : refused(z.prettifyError(parsed.error));
}

type Request = Omit<z.infer<typeof request>, "payload" | "idempotencyKey" | "resends"> & {
  payload: Json;
  idempotencyKey?: string;
  resends?: string;
};

async function withRequest<T>(
  input: unknown,
  run: (handle: Handle, request: Request) => Promise<Result<T>>,
): Promise<Result<T>> {
  const parsed = request.safeParse(input);
  if (!parsed.success) return refused(z.prettifyError(parsed.error));
  const { payload, idempotencyKey: kept, resends, ...rest } = parsed.data;
  const json = parseJson(payload);
  if (json === undefined) return refused("The payload is not JSON.");
  return run(getHandle(), {
    ...rest,
    payload: json,
    ...(kept === undefined ? {} : { idempotencyKey: kept }),
    ...(resends === undefined ? {} : { resends }),
  });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function refused(message: string): Result<never> {
  return { ok: false, error: { code: "invalid_payload", message } };
}
