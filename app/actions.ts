"use server";

import { z } from "zod";
import { getHandle, type Handle } from "../server/handle/handle.ts";
import { intervention } from "../server/protocol/actors.ts";
import { type CommandReply, idempotencyKey, type TellReply } from "../server/protocol/commands.ts";
import type { Result } from "../server/protocol/errors.ts";
import type { Json } from "../server/protocol/journal.ts";
import { type RedriveInfo, redriveRequest } from "../server/protocol/mail.ts";
import { type CheckpointsWritten, checkpointsRequest, forkRequest } from "../server/protocol/past.ts";

/** The input of a form. The payload is JSON text: parsing it is safe at any depth. */
const request = z.object({
  type: z.string().max(64),
  keyText: z.string().max(4096),
  operation: z.string().max(64),
  payload: z.string().max(1024 * 1024),
  idempotencyKey: idempotencyKey.optional(),
  resends: z.uuid().optional(),
});

/** Sends a command to an actor; returns once its change is committed. The input is untrusted. */
export async function sendCommand(input: unknown): Promise<Result<CommandReply>> {
  return withRequest(input, (handle, { operation, ...rest }) => handle.ask({ ...rest, command: operation }));
}

/** Queues a command in an actor's mailbox; returns once that is committed. The input is untrusted. */
export async function tellCommand(input: unknown): Promise<Result<TellReply>> {
  return withRequest(input, (handle, { operation, ...rest }) => handle.tell({ ...rest, command: operation }));
}

/** Runs a query, which wakes the actor. The input is untrusted. */
export async function runQuery(input: unknown): Promise<Result<Json>> {
  return withRequest(input, (handle, { operation, type, keyText, payload }) =>
    handle.query({ type, keyText, query: operation, payload }),
  );
}

/** Starts a redrive job for a group, or for dead letters by message id. The input is untrusted. */
export async function startRedrive(input: unknown): Promise<Result<RedriveInfo>> {
  return checked(redriveRequest, input, (wanted) => getHandle().startRedrive(wanted));
}

/** Stops a redrive job. Dead letters that it has not moved stay. The input is untrusted. */
export async function stopRedrive(input: unknown): Promise<Result<RedriveInfo>> {
  return checked(z.uuid(), input, (id) => getHandle().stopRedrive(id));
}

const named = z.object({ type: z.string().max(64), keyText: z.string().max(4096) });
const intervened = named.extend({ what: intervention });
const forked = named.extend({ request: forkRequest });
const wished = named.extend({ after: checkpointsRequest.shape.after });

/** Runs an intervention on an actor. The input is untrusted. */
export async function interveneIn(input: unknown): Promise<Result<void>> {
  return checked(intervened, input, ({ what, ...address }) => getHandle().intervene(address, what));
}

/** Forks an actor; returns the address of the fork. The input is untrusted. */
export async function forkActor(input: unknown): Promise<Result<{ keyText: string }>> {
  return checked(forked, input, ({ request: fork, ...address }) => getHandle().fork(address, fork));
}

/** Writes checkpoints of an actor above a seq, a bounded number of them. The input is untrusted. */
export async function writeCheckpoints(input: unknown): Promise<Result<CheckpointsWritten>> {
  return checked(wished, input, ({ after, ...address }) => getHandle().writeCheckpoints(address, after));
}

/** Erases an actor permanently. The input is untrusted. */
export async function eraseActor(input: unknown): Promise<Result<void>> {
  return checked(named, input, (address) => getHandle().erase(address));
}

async function checked<I, T>(
  schema: z.ZodType<I>,
  input: unknown,
  run: (checked: I) => Promise<Result<T>>,
): Promise<Result<T>> {
  const parsed = schema.safeParse(input);
  return parsed.success ? run(parsed.data) : refused(z.prettifyError(parsed.error));
}

type Request = Omit<z.infer<typeof request>, "payload" | "idempotencyKey" | "resends"> & {
  payload: Json;
  idempotencyKey?: string;
  resends?: string;
};

function withRequest<T>(
  input: unknown,
  run: (handle: Handle, request: Request) => Promise<Result<T>>,
): Promise<Result<T>> {
  return checked(request, input, async ({ payload, idempotencyKey: key, resends, ...rest }) => {
    const json = parseJson(payload);
    if (json === undefined) return refused("The payload is not JSON.");
    return run(getHandle(), {
      ...rest,
      payload: json,
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(resends === undefined ? {} : { resends }),
    });
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
