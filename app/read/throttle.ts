/**
 * Calls at once, then at most once per `interval` (milliseconds), and never while a call is running. The last call is
 * never lost. The promise of `call` must not reject.
 */
export function throttle(call: () => unknown, interval: number): { call(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isResting = false;
  let isWanted = false;
  const run = async () => {
    isResting = true;
    isWanted = false;
    await Promise.all([
      call(),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, interval);
      }),
    ]);
    isResting = false;
    if (isWanted) void run();
  };
  return {
    call() {
      if (isResting) isWanted = true;
      else void run();
    },
    stop: () => clearTimeout(timer),
  };
}
