import { type Remote, wrap } from "comlink";

type Call = (...parameters: unknown[]) => Promise<unknown>;

/** The functions that a worker exposes. Calls reject if the worker breaks down; with comlink alone they never settle. */
export function callsOf<T extends object>(worker: Worker): Remote<T> {
  const calls = wrap<Record<string, Call>>(worker);
  const get = (_: object, name: string) => {
    return (...parameters: unknown[]) =>
      new Promise((resolve, reject) => {
        const broken = () => reject(new Error("The browser stopped the worker."));
        worker.addEventListener("error", broken);
        const answer = (calls[name] as Call)(...parameters);
        void answer.then(resolve, reject).finally(() => worker.removeEventListener("error", broken));
      });
  };
  return new Proxy({}, { get }) as Remote<T>;
}
