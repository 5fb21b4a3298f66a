/** What a worker can be asked: functions of values that can be cloned. `told` of a call hears what is told before its result. */
type Calls<C> = { [N in keyof C]: (...parameters: never[]) => unknown };
type Parameters_<C, N extends keyof C> = C[N] extends (...parameters: infer P) => unknown ? P : never;
type Result<C, N extends keyof C> = C[N] extends (...parameters: never[]) => infer R ? R : never;

/** A call on its way to the worker; its answers have the same number. */
interface Request {
  number: number;
  name: string;
  parameters: unknown[];
}

/** What came of a call; or, before that, how far it has come. */
type Answer = { number: number } & ({ value: unknown } | { problem: string } | { told: unknown });

interface Waiting {
  told: (progress: never) => void;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/** The page's side of a worker that answers calls. */
export class WorkerCalls<C extends Calls<C>> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.number);
      if ("told" in data) return waiting?.told(data.told as never);
      this.#waiting.delete(data.number);
      if ("problem" in data) waiting?.reject(new Error(data.problem));
      else waiting?.resolve(data.value as never);
    });
    worker.addEventListener("error", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser has ended what it was doing."));
      this.#waiting.clear();
    });
  }

  /** @throws Error with a message for people, when the worker cannot do it */
  call<N extends keyof C & string>(name: N, ...parameters: Parameters_<C, N>): Promise<Result<C, N>> {
    return this.callAndHear(name, () => undefined, ...parameters);
  }

  /** As `call`; `told` hears what is told meanwhile. */
  callAndHear<N extends keyof C & string>(
    name: N,
    told: (progress: never) => void,
    ...parameters: Parameters_<C, N>
  ): Promise<Result<C, N>> {
    this.#number += 1;
    const request: Request = { number: this.#number, name, parameters };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.number, { told, resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Ends it; calls that are under way are never answered. */
  close(): void {
    this.#worker.terminate();
  }
}

/** What answers the calls: each gets, before its parameters, a way to tell how far it has come. */
export type Served<C extends Calls<C>> = {
  [N in keyof C]: (tell: (progress: unknown) => void, ...parameters: Parameters_<C, N>) => Promise<Result<C, N>>;
};

/** The worker's side. */
export function serveCalls<C extends Calls<C>>(served: Served<C>): void {
  self.addEventListener("message", ({ data: { number, name, parameters } }: MessageEvent<Request>) => {
    const call = served[name as keyof C] as (...all: unknown[]) => Promise<unknown>;
    const answer = (given: Answer) => self.postMessage(given);
    call((told: unknown) => answer({ number, told }), ...parameters).then(
      (value) => answer({ number, value }),
      (error: Error) => answer({ number, problem: error.message }),
    );
  });
}
