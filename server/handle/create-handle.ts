import { errorBody } from "../core/errors.ts";
import type { Result } from "../protocol/errors.ts";
import { mailMethods, operationNames, type Runtime } from "../runtime/api.ts";
import { type Bundled, type Handle, inspectorMethods } from "./handle.ts";

/** The handle of a runtime. */
export function createHandle(runtime: Runtime): Handle {
  return {
    ...bundled(runtime.inspector, inspectorMethods),
    ...bundled(runtime.mail, mailMethods),
    ...bundled(runtime, operationNames),
    allowsChaos: () => runtime.allowsChaos,
  };
}

function bundled<T, K extends keyof T>(target: T, names: readonly K[]): Bundled<Pick<T, K>> {
  const methods = names.map((name) => {
    const method = target[name] as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => toResult(method.apply(target, args))];
  });
  return Object.fromEntries(methods) as Bundled<Pick<T, K>>;
}

/** The outcome of a promise as a `Result`; any other value as it is. */
function toResult(returned: unknown): unknown {
  if (!(returned instanceof Promise)) return returned;
  return returned.then(
    (value): Result<unknown> => ({ ok: true, value }),
    (error: unknown): Result<unknown> => ({ ok: false, error: errorBody(error) }),
  );
}
