import type { Result } from "../protocol/errors.ts";
import type { Inspector, MailReader, Operations } from "../runtime/api.ts";

/** The methods of the inspector that pages call. */
export const inspectorMethods = [
  "types",
  "overview",
  "typeStats",
  "mailCounts",
  "position",
  "actors",
  "facets",
  "actor",
  "journal",
  "checkpoints",
] as const satisfies readonly (keyof Inspector)[];

/** An asynchronous method with its error as a value. */
type WithResult<F> = F extends (...args: infer A) => Promise<infer T> ? (...args: A) => Promise<Result<T>> : F;

/**
 * The methods of `T` for code that Next bundles: JSON in, JSON out, and errors as values, because the bundle has its own
 * copies of classes and module state.
 */
export type Bundled<T> = { [K in keyof T]: WithResult<T[K]> };

/** What the console's pages and server actions may ask of the running server. */
export type Handle = Bundled<Pick<Inspector, (typeof inspectorMethods)[number]>> &
  Bundled<MailReader> &
  Bundled<Operations> & {
    /** Whether actors may be crashed on purpose. */
    allowsChaos(): boolean;
  };

/** The header that carries the nonce of a page's inline scripts. */
export const NONCE_HEADER = "x-nonce";

const name = Symbol.for("greenroom.handle");

/** Makes the running server's handle known to the process. Only `main.ts` calls it. */
export function publishHandle(handle: Handle): void {
  (globalThis as Record<symbol, unknown>)[name] = handle;
}

/**
 * The running server's handle.
 * @throws Error when no server runs in this process, as in `next build`; a second server is never started
 */
export function getHandle(): Handle {
  const handle = (globalThis as Record<symbol, unknown>)[name];
  if (handle === undefined) throw new Error("No Greenroom server runs in this process.");
  return handle as Handle;
}
