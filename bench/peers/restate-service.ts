import { type ObjectContext, object, serve } from "@restatedev/restate-sdk";
import { serveParent } from "../lib/child.ts";

/** A virtual object that counts: Restate stores its state and runs its calls one at a time. */
const counter = object({
  name: "counter",
  handlers: {
    increment: async (context: ObjectContext, { by }: { by: number }): Promise<number> => {
      const value = ((await context.get<number>("value")) ?? 0) + by;
      context.set("value", value);
      return value;
    },
  },
});

/** The SDK requires a newer Node than Greenroom does. */
Promise.withResolvers ??= <T>() => {
  let settle: Pick<PromiseWithResolvers<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as Pick<PromiseWithResolvers<T>, "resolve" | "reject">) };
};

serveParent<object>(async () => serve({ services: [counter], port: 0 }));
